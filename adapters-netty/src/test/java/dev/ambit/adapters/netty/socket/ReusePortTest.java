package dev.ambit.adapters.netty.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.netty.socket.ReusePort.Protocol;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReusePortTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final FakeNetworkNamespace namespace = new FakeNetworkNamespace(7);

    @Test
    void addressesAreWrittenAsTheKernelDoes() {
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

        assertThat(ReusePort.shown(new InetSocketAddress(LOOPBACK, 15_053)))
                .isEqualTo(little ? "0100007F:3ACD" : "7F000001:3ACD");
        assertThat(ReusePort.shown(new InetSocketAddress(InetAddress.ofLiteral("::1"), 53)))
                .isEqualTo("000000000000000000000000" + (little ? "01000000" : "00000001") + ":0035");
    }

    @Test
    void socketsOfAnAddressAreCounted() throws IOException {
        InetSocketAddress tcp;
        InetSocketAddress udp;
        try (var stream = ServerSocketChannel.open(StandardProtocolFamily.INET);
                var datagrams = DatagramChannel.open(StandardProtocolFamily.INET)) {
            stream.bind(new InetSocketAddress(LOOPBACK, 0));
            datagrams.bind(new InetSocketAddress(LOOPBACK, 0));
            tcp = (InetSocketAddress) stream.getLocalAddress();
            udp = (InetSocketAddress) datagrams.getLocalAddress();

            assertThat(ReusePort.members(namespace, Protocol.TCP, tcp)).isOne();
            assertThat(ReusePort.members(namespace, Protocol.UDP, udp)).isOne();
        }
        assertThat(ReusePort.members(namespace, Protocol.TCP, tcp)).isZero();
        assertThat(ReusePort.members(namespace, Protocol.UDP, udp)).isZero();
        assertThat(ReusePort.members(namespace, Protocol.UDP, new InetSocketAddress(LOOPBACK, 0)))
                .as("any port")
                .isZero();
    }
}
