package dev.ambit.ports.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.ProxyHeader;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Applications that speak the PROXY protocol: they are told whose connection it is before its first byte. */
public abstract class TransportApplicationTunnelContract extends TransportContract {
    private static final IpPort ASKED = IpPort.of("10.96.0.5", 80);

    private final RecordingDecisions source = new RecordingDecisions();
    private final RecordingDecisions destination = new RecordingDecisions();

    private int pair(Upstream application) {
        Transport transport = start(LIMITS);
        int hbone = serve(transport, SERVER, destination).ports().inboundHbone();
        source.planOutbound(attempt -> tunnel(attempt.client(), hbone, ASKED, Set.of(SERVER)));
        destination.planInbound(attempt -> {
            var plain = (InboundPlan.Forward) forward(attempt, application.address());
            return new InboundPlan.Forward(
                    plain.context(),
                    plain.facts(),
                    plain.destination(),
                    plain.origin(),
                    plain.responseBaggage(),
                    Optional.of(header(attempt)));
        });
        return serve(transport, CLIENT, source).ports().outbound();
    }

    private static ProxyHeader header(InboundAttempt attempt) {
        return new ProxyHeader(attempt.client(), ASKED, CLIENT);
    }

    @Test
    void theHeaderComesFirstAndIsNotCounted() throws Exception {
        var heard = new CompletableFuture<byte[]>();
        Upstream application = closing(Upstream.start(connection -> {
            heard.complete(connection.getInputStream().readAllBytes());
            connection.getOutputStream().write("ok".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }));
        int port = pair(application);

        assertThat(exchange(connect(port), "hello")).isEqualTo("ok");

        byte[] header =
                header(RecordingDecisions.next(destination.inboundAttempts)).encode();
        assertThat(heard.get(10, TimeUnit.SECONDS))
                .startsWith(header)
                .hasSize(header.length + 5)
                .endsWith("hello".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        FlowReport report = RecordingDecisions.next(destination.closed);
        assertThat(report.received()).isEqualTo(5);
        assertThat(report.sent()).isEqualTo(2);
        assertThat(report.outcome()).isEqualTo(new FlowOutcome.Completed());
    }

    /** Not held back until the caller says something: the application may be the one that speaks first. */
    @Test
    void theHeaderDoesNotWaitForTheCaller() throws Exception {
        var heard = new CompletableFuture<Integer>();
        Upstream application = closing(Upstream.start(connection -> {
            byte[] fixed = connection.getInputStream().readNBytes(16);
            int rest = ((fixed[14] & 0xff) << 8) | (fixed[15] & 0xff);
            heard.complete(connection.getInputStream().readNBytes(rest).length);
            connection.getOutputStream().write('w');
        }));
        Socket socket = connect(pair(application));

        assertThat(socket.getInputStream().read()).isEqualTo('w');
        assertThat(heard.get(10, TimeUnit.SECONDS)).isPositive();
    }
}
