package dev.ambit.services.ztunnel.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.dns.NameExpansion;
import dev.ambit.domain.dns.NameResolver;
import dev.ambit.domain.dns.SearchDomains;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import dev.ambit.ports.podnetwork.PodNetworkException;
import dev.ambit.ports.telemetry.Meter;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.ports.transport.ListenPorts;
import dev.ambit.ports.transport.PodProxy;
import dev.ambit.ports.transport.PodUsage;
import dev.ambit.ports.transport.RecordingDecisions;
import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportException;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DnsServingTransportTest {
    private final FakeDnsServer server = new FakeDnsServer();
    private final OnePod pods = new OnePod();
    private final DnsServingTransport transport = new DnsServingTransport(
            pods,
            new DnsProxy(
                    server,
                    DnsProxyOptions.of(Optional.empty(), 15_053, true, List.of()),
                    new NameResolver(
                            new NameExpansion("cluster.local", new SearchDomains.OfNamespace()),
                            "",
                            true,
                            new Random(1)),
                    new Forwarding(new FakeDnsUpstream(), List.of(), new Random(2)),
                    new CurrentMesh(),
                    Meter.none(),
                    Duration.ofSeconds(1)));

    /** A transport of one pod whose drain the test ends. */
    private static final class OnePod implements Transport, PodProxy {
        private final CompletableFuture<Void> drained = new CompletableFuture<>();
        private boolean refusing;
        private boolean closed;

        @Override
        public PodProxy serve(PodBinding pod, FlowDecisions decisions) {
            if (refusing) {
                throw new TransportException("the test's port is taken", new IllegalStateException());
            }
            return this;
        }

        @Override
        public ListenPorts ports() {
            return ListenPorts.ISTIO;
        }

        @Override
        public boolean isServed(PodBinding pod) {
            return false;
        }

        @Override
        public PodUsage usage() {
            return new PodUsage(0, 0);
        }

        @Override
        public boolean hasSuccessor() {
            return false;
        }

        @Override
        public CompletionStage<Void> drain(Duration deadline) {
            return drained;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private PodProxy serve() {
        return transport.serve(
                new Transport.PodBinding(
                        new PodRef("uid", "shop", "cart", "cart"),
                        new FakeNetworkNamespace(7),
                        InetAddress.ofLiteral("::"),
                        ListenPorts.ISTIO),
                new RecordingDecisions());
    }

    @Test
    void namesComeAndGoWithThePod() {
        PodProxy proxy = serve();
        assertThat(server.served).hasSize(1);
        assertThat(proxy.ports()).isEqualTo(ListenPorts.ISTIO);

        proxy.close();

        assertThat(pods.closed).isTrue();
        assertThat(server.served.getLast().closed).isTrue();
    }

    @Test
    void whileConnectionsFinishNamesAreServed() {
        PodProxy proxy = serve();
        var drained = proxy.drain(Duration.ofSeconds(5)).toCompletableFuture();
        assertThat(server.served.getLast().closed).isFalse();

        pods.drained.complete(null);

        assertThat(drained).isCompleted();
        assertThat(server.served.getLast().closed).isTrue();
    }

    @Test
    void withoutListenersThereAreNoNames() {
        pods.refusing = true;

        assertThatThrownBy(this::serve).isInstanceOf(TransportException.class);
        assertThat(server.served.getLast().closed).isTrue();
    }

    @Test
    void withoutNamesThereAreNoListeners() {
        server.refusing = true;

        assertThatThrownBy(this::serve).isInstanceOf(PodNetworkException.class).hasMessageContaining("taken");
    }
}
