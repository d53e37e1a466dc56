package dev.ambit.adapters.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.ports.transport.TransportLimits;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What others see of our TLS. */
@Timeout(60)
class TlsOnTheWireTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int SERVER_NAME = 0;
    private static final int SUPPORTED_GROUPS = 10;
    private static final int ALPN = 16;
    private static final int PRE_SHARED_KEY = 41;
    private static final int SUPPORTED_VERSIONS = 43;

    @Test
    void clientHelloIsAsIstiosIs() throws IOException {
        try (var pods = new TwoPods(TransportLimits.ISTIO.withPacketMark(0));
                var peer = new ServerSocket(0, 1, LOOPBACK)) {
            pods.callThrough(peer.getLocalPort());
            try (Socket caller = pods.connect();
                    Socket tunnel = peer.accept()) {
                assertThat(caller.isConnected()).isTrue();
                tunnel.setSoTimeout(20_000);
                Map<Integer, ByteBuffer> extensions = clientHello(tunnel);
                assertThat(extensions).doesNotContainKey(SERVER_NAME);
                assertThat(numbers(body(extensions, SUPPORTED_VERSIONS, 1))).containsExactly(0x0304);
                assertThat(numbers(body(extensions, SUPPORTED_GROUPS, 2)))
                        .as("X25519, P-256, P-384, X25519MLKEM768")
                        .containsExactly(0x001d, 0x0017, 0x0018, 0x11ec);
                assertThat(extensions).doesNotContainKey(PRE_SHARED_KEY);
                ByteBuffer protocols = body(extensions, ALPN, 2);
                assertThat(StandardCharsets.US_ASCII.decode(protocols).toString())
                        .isEqualTo("\u0002h2");
            }
        }
    }

    /** The extensions of the ClientHello that comes first (RFC 8446, section 4.1.2). */
    private static Map<Integer, ByteBuffer> clientHello(Socket tunnel) throws IOException {
        var in = new DataInputStream(tunnel.getInputStream());
        assertThat(in.readUnsignedByte()).as("handshake record").isEqualTo(22);
        in.skipNBytes(2);
        ByteBuffer hello = ByteBuffer.wrap(in.readNBytes(in.readUnsignedShort()));
        hello.position(4 + 2 + 32);
        hello.position(hello.position() + 1 + hello.get(hello.position()));
        hello.position(hello.position() + 2 + hello.getShort(hello.position()));
        hello.position(hello.position() + 1 + hello.get(hello.position()));
        hello.getShort();
        Map<Integer, ByteBuffer> extensions = new HashMap<>();
        while (hello.hasRemaining()) {
            int type = hello.getShort();
            int length = hello.getShort();
            extensions.put(type, hello.slice(hello.position(), length));
            hello.position(hello.position() + length);
        }
        return extensions;
    }

    /** An extension without the length that its list begins with. */
    private static ByteBuffer body(Map<Integer, ByteBuffer> extensions, int type, int lengthBytes) {
        return extensions.getOrDefault(type, ByteBuffer.allocate(lengthBytes)).position(lengthBytes);
    }

    private static List<Integer> numbers(ByteBuffer from) {
        List<Integer> all = new ArrayList<>();
        while (from.hasRemaining()) {
            all.add((int) from.getShort());
        }
        return all;
    }
}
