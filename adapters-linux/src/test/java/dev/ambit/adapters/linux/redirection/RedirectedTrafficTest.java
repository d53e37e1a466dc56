package dev.ambit.adapters.linux.redirection;

import static dev.ambit.adapters.linux.redirection.WiredPod.POD;
import static dev.ambit.adapters.linux.redirection.WiredPod.POD_V6;
import static dev.ambit.adapters.linux.redirection.WiredPod.PROBE;
import static dev.ambit.adapters.linux.redirection.WiredPod.PROBE_V6;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.linux.CommandLine;
import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
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

/** What the rules do to real connections: a pod and the world outside it, two namespaces joined by a wire. */
@Timeout(60)
class RedirectedTrafficTest {
    private static final int MILLIS_MAX = 5_000;

    private final WiredPod wired = WiredPod.redirected();
    private final LinuxNetworkNamespace pod = wired.pod();
    private final LinuxNetworkNamespace outside = wired.outside();

    @AfterEach
    void close() {
        wired.close();
    }

    private static ServerSocket listen(LinuxNetworkNamespace namespace, int port) {
        return namespace.call(() -> {
            try {
                var listener = new ServerSocket(port);
                listener.setSoTimeout(MILLIS_MAX);
                return listener;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static Socket connect(LinuxNetworkNamespace namespace, String source, String address, int port) {
        return namespace.call(() -> {
            try {
                var socket = new Socket();
                if (!source.isEmpty()) {
                    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(source), 0));
                }
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), MILLIS_MAX);
                return socket;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** A connection from one namespace to an address arrives at this listener, and bytes come back. */
    private static void assertArrives(
            LinuxNetworkNamespace from, String source, String address, int port, ServerSocket listener)
            throws IOException {
        try (Socket client = connect(from, source, address, port);
                Socket accepted = listener.accept()) {
            client.setSoTimeout(MILLIS_MAX);
            accepted.getOutputStream().write("pong".getBytes(UTF_8));
            assertThat(client.getInputStream().readNBytes(4)).isEqualTo("pong".getBytes(UTF_8));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.9.0.2", "192.0.2.7", "fd00:9::2", "2001:db8::7"})
    void whatLeavesThePodGoesToOutbound(String destination) throws IOException {
        try (ServerSocket outbound = listen(pod, 15001)) {
            assertArrives(pod, "", destination, 80, outbound);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {POD, POD_V6})
    void whatArrivesInPlainGoesToInboundPlaintext(String address) throws IOException {
        try (ServerSocket plaintext = listen(pod, 15006)) {
            assertArrives(outside, "", address, 8080, plaintext);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {POD, POD_V6})
    void hboneArrivesWhereItWasSent(String address) throws IOException {
        try (ServerSocket hbone = listen(pod, 15008)) {
            assertArrives(outside, "", address, 15008, hbone);
        }
    }

    @ParameterizedTest
    @CsvSource({PROBE + "," + POD, PROBE_V6 + "," + POD_V6})
    void probesOfTheNodeReachTheApplication(String source, String address) throws IOException {
        try (ServerSocket application = listen(pod, 8080)) {
            assertArrives(outside, source, address, 8080, application);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", POD, POD_V6})
    void podTalksToItselfUndisturbed(String address) throws IOException {
        try (ServerSocket application = listen(pod, 8080)) {
            assertArrives(pod, "", address, 8080, application);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.9.0.2", "fd00:9::2"})
    void whatTheProxySendsLeaves(String destination) throws IOException {
        // stands for SO_MARK on the proxy's socket; the upper bits are another's and must not matter
        CommandLine.run(
                pod,
                "nft 'table inet marks { chain c { type filter hook output priority raw;"
                        + " tcp dport 7777 meta mark set 0x4539; }; }'");
        try (ServerSocket upstream = listen(outside, 7777)) {
            assertArrives(pod, "", destination, 7777, upstream);
        }
    }

    @Test
    void afterRemovalNothingIsRedirected() throws IOException {
        new NftPodRedirection().remove(pod);

        try (ServerSocket upstream = listen(outside, 80);
                ServerSocket application = listen(pod, 8080)) {
            assertArrives(pod, "", "10.9.0.2", 80, upstream);
            assertArrives(outside, "", POD, 8080, application);
        }
    }
}
