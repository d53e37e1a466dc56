package dev.ambit.adapters.loom.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import dev.ambit.ports.transport.TcpKeepalive;
import dev.ambit.ports.transport.TransportLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PodSocketsTest {
    private final NamespaceThreads threads = new NamespaceThreads();
    private final ServerSocket server;

    PodSocketsTest() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        threads.close();
    }

    private IpPort target() {
        return IpPort.of((InetSocketAddress) server.getLocalSocketAddress());
    }

    private PodSockets sockets(TransportLimits.Sockets options, int socketsMax) {
        return new PodSockets(
                threads,
                new FakeNetworkNamespace(7),
                TransportLimits.ISTIO.withSockets(options),
                new SocketBudget(socketsMax).share());
    }

    private static TransportLimits.Sockets unmarked(TcpKeepalive keepalive) {
        TransportLimits.Sockets istio = TransportLimits.ISTIO.sockets();
        return new TransportLimits.Sockets(0, istio.originalSource(), keepalive, true);
    }

    private static int number(SocketDuplex socket, KernelOptions option) {
        return socket.option(option, 4)
                .map(bytes -> java.nio.ByteBuffer.wrap(bytes)
                        .order(ByteOrder.nativeOrder())
                        .getInt())
                .orElseThrow();
    }

    @Test
    void keepaliveAndUserTimeoutAreTheLimits() throws IOException {
        var keepalive = new TcpKeepalive(true, Duration.ofSeconds(30), Duration.ofSeconds(5), 4, true);

        try (SocketDuplex socket = sockets(unmarked(keepalive), 10).dial(target(), Optional.empty(), _ -> {})) {
            assertThat(number(socket, KernelOptions.KEEPALIVE)).isEqualTo(1);
            assertThat(number(socket, KernelOptions.KEEPALIVE_IDLE)).isEqualTo(30);
            assertThat(number(socket, KernelOptions.KEEPALIVE_INTERVAL)).isEqualTo(5);
            assertThat(number(socket, KernelOptions.KEEPALIVE_COUNT)).isEqualTo(4);
            assertThat(number(socket, KernelOptions.USER_TIMEOUT)).isEqualTo(50_000);
            assertThat(socket.originalDestination()).isEqualTo(socket.local());
        }
    }

    @Test
    void theCallersAddressIsShown() throws IOException {
        IpAddress caller = IpAddress.of("127.0.0.9");

        try (SocketDuplex socket =
                sockets(unmarked(TcpKeepalive.ISTIO), 10).dial(target(), Optional.of(caller), _ -> {})) {
            assertThat(socket.local().ip()).isEqualTo(caller);
        }
    }

    @Test
    void aSocketCountsUntilItIsClosed() throws IOException {
        PodSockets sockets = sockets(unmarked(TcpKeepalive.ISTIO), 1);
        SocketDuplex only = sockets.dial(target(), Optional.empty(), _ -> {});
        assertThat(sockets.held()).isEqualTo(1);

        assertThatThrownBy(() -> sockets.dial(target(), Optional.empty(), _ -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("AMBIT_SOCKETS_MAX");
        only.abort();
        only.close();

        assertThat(sockets.held()).isZero();
    }

    @Test
    void knowsWhichAddressesAreThePods() throws IOException {
        PodSockets sockets = sockets(unmarked(TcpKeepalive.ISTIO), 1);

        assertThat(sockets.owns(IpAddress.of("127.0.0.1"))).isTrue();
        assertThat(sockets.owns(IpAddress.of("192.0.2.1"))).isFalse();
    }
}
