package dev.ambit.adapters.netty.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.ports.dns.DnsLimits;
import dev.ambit.ports.dns.DnsListener;
import dev.ambit.ports.dns.DnsServer.DnsBinding;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PodDnsListenerTest {

    /** There a transport says that a pod's last connection has ended, and the pod's names go with it. */
    @Test
    void isClosedOnTheThreadOfNettysGroups() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (var server = new NettyDnsServer(DnsLimits.STANDARD.withPacketMark(0))) {
            DnsListener listener = server.serve(
                    new DnsBinding(new FakeNetworkNamespace(7), List.of(loopback), 0),
                    (_, _, _) -> CompletableFuture.completedFuture(Optional.empty()));

            GlobalEventExecutor.INSTANCE.submit(listener::close).get(10, TimeUnit.SECONDS);

            assertFree(loopback, listener.port());
        }
    }

    private static void assertFree(InetAddress address, int port) throws IOException {
        try (var again = new ServerSocket(port, 1, address)) {
            assertThat(again.isBound()).isTrue();
        }
    }
}
