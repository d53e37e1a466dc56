package dev.ambit.adapters.linux.redirection;

import static dev.ambit.adapters.linux.redirection.WiredPod.OUTSIDE;
import static dev.ambit.adapters.linux.redirection.WiredPod.POD;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.linux.CommandLine;
import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.domain.enrolment.Capture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the rules do to questions for names: a pod and a name server outside it, two namespaces joined by a wire. */
@Timeout(60)
class RedirectedNamesTest {
    private static final int MILLIS_MAX = 5_000;

    private final WiredPod wired = WiredPod.redirected();
    private final LinuxNetworkNamespace pod = wired.pod();
    private final LinuxNetworkNamespace outside = wired.outside();

    @AfterEach
    void close() {
        wired.close();
    }

    private static DatagramSocket datagrams(LinuxNetworkNamespace namespace, String address, int port) {
        return namespace.call(() -> {
            try {
                var socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), port));
                socket.setSoTimeout(MILLIS_MAX);
                return socket;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void send(DatagramSocket socket, String address, int port, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.ofLiteral(address), port));
    }

    private static DatagramPacket receive(DatagramSocket socket) throws IOException {
        var packet = new DatagramPacket(new byte[512], 512);
        socket.receive(packet);
        return packet;
    }

    private static String text(DatagramPacket packet) {
        return new String(packet.getData(), 0, packet.getLength(), UTF_8);
    }

    /** Asks from the pod and answers at the other socket, twice, as a resolver that asks for both families does. */
    private static void assertAsksAt(DatagramSocket client, String server, DatagramSocket asked) throws IOException {
        for (String each : new String[] {"a", "aaaa"}) {
            send(client, server, 53, each);
            DatagramPacket question = receive(asked);
            assertThat(text(question)).isEqualTo(each);
            asked.send(new DatagramPacket(new byte[] {'!'}, 1, question.getSocketAddress()));
            DatagramPacket reply = receive(client);
            assertThat(text(reply)).isEqualTo("!");
            assertThat(reply.getAddress()).isEqualTo(InetAddress.ofLiteral(server));
            assertThat(reply.getPort()).isEqualTo(53);
        }
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0,10.9.0.2,127.0.0.1", "0.0.0.0,192.0.2.7,127.0.0.1", "::,fd00:9::2,::1", "::,2001:db8::7,::1"})
    void whatThePodAsksByDatagramGoesToTheProxyAndTheAnswerSeemsToComeFromTheServer(
            String source, String server, String proxyAddress) throws IOException {
        try (DatagramSocket proxy = datagrams(pod, proxyAddress, 15053);
                DatagramSocket client = datagrams(pod, source, 0)) {
            assertAsksAt(client, server, proxy);
        }
    }

    @ParameterizedTest
    @CsvSource({"10.9.0.2,127.0.0.1", "fd00:9::2,::1"})
    void whatThePodAsksByStreamGoesToTheProxy(String server, String proxyAddress) throws IOException {
        try (ServerSocket proxy = listen(pod, proxyAddress, 15053);
                Socket client = connect(pod, server)) {
            try (Socket accepted = proxy.accept()) {
                accepted.getOutputStream().write('!');
                assertThat(client.getInputStream().read()).isEqualTo('!');
            }
        }
    }

    private static ServerSocket listen(LinuxNetworkNamespace namespace, String address, int port) {
        return namespace.call(() -> {
            try {
                var listener = new ServerSocket(port, 5, InetAddress.ofLiteral(address));
                listener.setSoTimeout(MILLIS_MAX);
                return listener;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static Socket connect(LinuxNetworkNamespace namespace, String server) {
        return namespace.call(() -> {
            try {
                var socket = new Socket();
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral(server), 53), MILLIS_MAX);
                socket.setSoTimeout(MILLIS_MAX);
                return socket;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.53", POD})
    void aResolverInThePodItselfIsLeftAlone(String address) throws IOException {
        try (DatagramSocket resolver = datagrams(pod, address, 53);
                DatagramSocket client = datagrams(pod, "0.0.0.0", 0)) {
            assertAsksAt(client, address, resolver);
        }
    }

    /** Makes what leaves by datagram from a certain port look like the proxy's; only here, sockets cannot be marked in Java. */
    private void markFrom(int port) {
        CommandLine.run(
                pod,
                "nft 'table inet marks { chain c { type filter hook output priority -310; udp sport " + port
                        + " meta mark set 0x4539; }; }'");
    }

    @Test
    void whatTheProxyAsksLeaves() throws IOException {
        try (DatagramSocket server = datagrams(outside, OUTSIDE, 53);
                DatagramSocket proxy = datagrams(pod, "0.0.0.0", 0)) {
            markFrom(proxy.getLocalPort());

            assertAsksAt(proxy, OUTSIDE, server);
        }
    }

    /** Connection tracking remembers the pod's question for half a minute; the proxy's must not follow it. */
    @Test
    void whatTheProxyAsksFromThePortOfARedirectedQuestionLeavesAllTheSame() throws IOException {
        try (DatagramSocket server = datagrams(outside, OUTSIDE, 53);
                DatagramSocket proxy = datagrams(pod, "127.0.0.1", 15053)) {
            int port;
            try (DatagramSocket client = datagrams(pod, "0.0.0.0", 0)) {
                assertAsksAt(client, OUTSIDE, proxy);
                port = client.getLocalPort();
            }
            markFrom(port);
            try (DatagramSocket upstream = datagrams(pod, "0.0.0.0", port)) {
                assertAsksAt(upstream, OUTSIDE, server);
            }
        }
    }

    @Test
    void aNameServerInAPodIsAskedDirectly() throws IOException {
        try (DatagramSocket server = datagrams(pod, POD, 53);
                DatagramSocket client = datagrams(outside, "0.0.0.0", 0)) {
            assertAsksAt(client, POD, server);
        }
    }

    @Test
    void whereNamesAreNotCapturedThePodAsksItsServer() throws IOException {
        new NftPodRedirection().apply(pod, Capture.CONNECTIONS);

        try (DatagramSocket server = datagrams(outside, OUTSIDE, 53);
                DatagramSocket client = datagrams(pod, "0.0.0.0", 0)) {
            assertAsksAt(client, OUTSIDE, server);
        }
    }

    @Test
    void afterRemovalThePodAsksItsServer() throws IOException {
        new NftPodRedirection().remove(pod);

        try (DatagramSocket server = datagrams(outside, OUTSIDE, 53);
                DatagramSocket client = datagrams(pod, "0.0.0.0", 0)) {
            assertAsksAt(client, OUTSIDE, server);
        }
    }
}
