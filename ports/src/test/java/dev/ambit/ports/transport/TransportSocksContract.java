package dev.ambit.ports.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import dev.ambit.ports.transport.Transport.PodBinding;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an application gets on the SOCKS5 port (RFC 1928), which is outbound with another way to say where to. */
public abstract class TransportSocksContract extends TransportContract {
    private static final String GREETING = "050100";
    private static final String WELCOME = "0500";
    private static final String SUCCESS = "05000001000000000000";
    private static final IpPort TARGET = IpPort.of("192.0.2.7", 8080);

    private final RecordingDecisions decisions = new RecordingDecisions();

    private PodProxy pod(TransportLimits limits, ListenPorts ports, HostNames names) {
        Upstream echo = closing(Upstream.echo());
        decisions.planOutbound(attempt -> passthrough(attempt.client(), echo.address()));
        var pod = new PodRef("uid", "shop", "cart", "cart");
        var binding =
                new PodBinding(pod, new FakeNetworkNamespace(7), InetAddress.ofLiteral("127.0.0.1"), ports, names);
        return closing(start(limits).serve(binding, decisions));
    }

    private PodProxy pod() {
        return pod(LIMITS, new ListenPorts(0, 0, 0, 0), HostNames.NONE);
    }

    private Socket client(PodProxy proxy) throws IOException {
        return connect(proxy.ports().socks5());
    }

    private static void send(Socket socket, String hex) throws IOException {
        socket.getOutputStream().write(HexFormat.of().parseHex(hex));
    }

    private static String receive(Socket socket, int bytes) throws IOException {
        return HexFormat.of().formatHex(socket.getInputStream().readNBytes(bytes));
    }

    private static String request(IpPort target) {
        return "050100" + (target.ip().isV4() ? "01" : "04")
                + HexFormat.of().formatHex(target.ip().bytes()) + String.format("%04x", target.port());
    }

    private static String request(String hostname, int port) {
        return "05010003" + String.format("%02x", hostname.length())
                + HexFormat.of().formatHex(hostname.getBytes(StandardCharsets.ISO_8859_1))
                + String.format("%04x", port);
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.7:8080", "[2001:db8::7]:443"})
    void anAddressIsReachedAsIfItHadBeenDialled(String text) throws Exception {
        IpPort target = IpPort.parse(text).orElseThrow();
        Socket socket = client(pod());
        send(socket, GREETING);
        assertThat(receive(socket, 2)).isEqualTo(WELCOME);
        send(socket, request(target));
        assertThat(receive(socket, 10)).isEqualTo(SUCCESS);

        assertThat(exchange(socket, "hello")).isEqualTo("hello");
        var attempt = RecordingDecisions.next(decisions.outboundAttempts);
        assertThat(attempt.destination()).isEqualTo(target);
        assertThat(attempt.client()).isEqualTo(loopback(socket.getLocalPort()));
        var report = RecordingDecisions.next(decisions.closed);
        assertThat(report.outcome()).isEqualTo(new FlowOutcome.Completed());
        assertThat(report.received()).isEqualTo(5);
    }

    @Test
    void everythingAtOnceIsAsGood() throws Exception {
        Socket socket = client(pod());
        send(socket, "05020200" + request(TARGET) + "68656c6c6f");
        socket.shutdownOutput();

        assertThat(receive(socket, 12)).isEqualTo(WELCOME + SUCCESS);
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo("hello");
    }

    @Test
    void byteByByteIsAsGood() throws Exception {
        Socket socket = client(pod());
        socket.setTcpNoDelay(true);
        for (byte each : HexFormat.of().parseHex(GREETING + request(TARGET))) {
            socket.getOutputStream().write(each);
        }

        assertThat(receive(socket, 12)).isEqualTo(WELCOME + SUCCESS);
        assertThat(exchange(socket, "hello")).isEqualTo("hello");
    }

    @Test
    void aNameIsResolvedForThePod() throws Exception {
        var asked = new CompletableFuture<String>();
        PodProxy proxy = pod(LIMITS, new ListenPorts(0, 0, 0, 0), (hostname, family) -> {
            asked.complete(hostname + " " + family);
            return new CompletableFuture<Optional<IpAddress>>()
                    .completeOnTimeout(Optional.of(TARGET.ip()), 50, TimeUnit.MILLISECONDS);
        });
        Socket socket = client(proxy);
        send(socket, GREETING + request("stock.shop", 80) + "68656c6c6f");
        socket.shutdownOutput();

        assertThat(receive(socket, 12)).isEqualTo(WELCOME + SUCCESS);
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo("hello");
        assertThat(asked.get()).isEqualTo("stock.shop IPV4");
        assertThat(RecordingDecisions.next(decisions.outboundAttempts).destination())
                .isEqualTo(new IpPort(TARGET.ip(), 80));
    }

    @Test
    void aNameWithoutAddressIsUnreachable() throws Exception {
        Socket socket = client(pod());
        send(socket, GREETING + request("nowhere.shop", 80));

        assertThat(receive(socket, 12)).isEqualTo(WELCOME + "05040001000000000000");
        assertThat(endsWithoutData(socket)).isTrue();
        assertThat(RecordingDecisions.next(decisions.rejected).error()).contains("nowhere.shop");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "an older version, 040100, ''",
        "no method at all, 0500, ''",
        "passwords only, 050102, ''",
        "BIND, 05010005020001c0000207 1f90, 0500",
        "UDP, 05010005030001c00002071f90, 0500",
        "an unknown kind of address, 0501000501000600, 0500",
        "an older version in the request, 05010004010001c00002071f90, 0500"
    })
    void whatWeDoNotSpeakIsRefused(String what, String sent, String first) throws Exception {
        Socket socket = client(pod());
        send(socket, sent.replace(" ", ""));

        assertThat(receive(socket, first.length() / 2 + 10)).as(what).isEqualTo(first + "05070001000000000000");
        assertThat(endsWithoutData(socket)).isTrue();
        assertThat(RecordingDecisions.next(decisions.rejected).error()).startsWith("SOCKS5: ");
        assertThat(decisions.outboundAttempts).isEmpty();
    }

    @Test
    void silenceIsBounded() throws Exception {
        Socket socket = client(pod(quick(), new ListenPorts(0, 0, 0, 0), HostNames.NONE));
        send(socket, GREETING);

        assertThat(receive(socket, 12)).isEqualTo(WELCOME + "05010001000000000000");
        assertThat(endsWithoutData(socket)).isTrue();
    }

    @Test
    void garbageTakesNothingDown() throws Exception {
        PodProxy proxy = pod();
        var random = new Random(3);
        for (int i = 0; i < 100; i++) {
            byte[] garbage = new byte[random.nextInt(400)];
            random.nextBytes(garbage);
            try (Socket socket =
                    new Socket(InetAddress.ofLiteral("127.0.0.1"), proxy.ports().socks5())) {
                if (i % 2 == 0) {
                    send(socket, GREETING);
                }
                socket.getOutputStream().write(garbage);
            } catch (SocketException refused) {
                // The proxy may well close before it has read everything.
            }
        }
        Socket socket = client(proxy);
        send(socket, GREETING + request(TARGET));

        assertThat(receive(socket, 12)).isEqualTo(WELCOME + SUCCESS);
        assertThat(exchange(socket, "hello")).isEqualTo("hello");
    }

    @Test
    void thereIsNoSuchPortUnlessAskedFor() {
        PodProxy proxy = pod(LIMITS, ListenPorts.EPHEMERAL, HostNames.NONE);

        assertThat(proxy.ports().socks5()).isEqualTo(ListenPorts.NONE);
    }

    @Test
    void nobodyOutsideThePodGetsIn() throws Exception {
        PodProxy proxy = pod();

        for (InetAddress other : new InetAddress[] {InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("::1")}) {
            assertThatThrownBy(() -> new Socket(other, proxy.ports().socks5()).close())
                    .isInstanceOfAny(ConnectException.class, SocketException.class);
        }
    }
}
