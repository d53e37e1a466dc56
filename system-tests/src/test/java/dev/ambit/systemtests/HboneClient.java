package dev.ambit.systemtests;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** HTTP/2 CONNECT over mutual TLS by the JDK and by hand: nothing of ours, and free to do what ours would not. */
final class HboneClient implements AutoCloseable {
    static final int PORT = 15_008;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int GO_AWAY = 7;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int STREAM = 1;

    private final SSLSocket socket;
    private final DataOutputStream out;
    private final DataInputStream in;

    private HboneClient(SSLSocket socket) throws IOException {
        this.socket = socket;
        this.out = new DataOutputStream(socket.getOutputStream());
        this.in = new DataInputStream(socket.getInputStream());
    }

    /** A handshake as that client; with an empty chain, as one without certificate. */
    static HboneClient connect(Pod from, Pod to, Csr csr, List<String> chain) throws IOException {
        Socket plain = from.connect(new InetSocketAddress(to.address(), PORT));
        var socket = (SSLSocket) context(csr, chain).getSocketFactory().createSocket(plain, to.address(), PORT, true);
        var parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        parameters.setProtocols(new String[] {"TLSv1.3"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new HboneClient(socket);
    }

    private static SSLContext context(Csr csr, List<String> chain) {
        try {
            var keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            if (!chain.isEmpty()) {
                var certificates = CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(
                                String.join("\n", chain).getBytes(StandardCharsets.US_ASCII)));
                keys.setKeyEntry(
                        "client", csr.keys().getPrivate(), new char[0], certificates.toArray(Certificate[]::new));
            }
            var managers = KeyManagerFactory.getInstance("PKIX");
            managers.init(keys, new char[0]);
            var context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), new TrustManager[] {new TrustEveryone()}, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends CONNECT and returns the status; a stream or connection that is reset is an IOException. */
    int open(String authority) throws IOException {
        return open(authority, Map.of());
    }

    /** The same with more headers. */
    int open(String authority, Map<String, String> headers) throws IOException {
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
        var fields = new ByteArrayOutputStream();
        literal(fields, ":method", "CONNECT");
        literal(fields, ":authority", authority);
        headers.forEach((name, value) -> literal(fields, name, value));
        frame(HEADERS, END_HEADERS, STREAM, fields.toByteArray());
        return status(await(HEADERS));
    }

    /** Sends bytes through the tunnel and returns the next that come. */
    String exchange(String text) throws IOException {
        frame(DATA, 0, STREAM, text.getBytes(StandardCharsets.US_ASCII));
        return new String(await(DATA), StandardCharsets.UTF_8);
    }

    /** HPACK, RFC 7541 section 6.2.2: literal without indexing, new name, no Huffman code. */
    private static void literal(ByteArrayOutputStream fields, String name, String value) {
        fields.write(0);
        for (String text : List.of(name, value)) {
            fields.write(text.length());
            fields.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        out.flush();
    }

    private byte[] await(int wanted) throws IOException {
        while (true) {
            int length = (in.readUnsignedByte() << 16) + in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            in.readInt();
            byte[] payload = in.readNBytes(length);
            if (type == wanted) {
                return payload;
            }
            if (type == RESET || type == GO_AWAY) {
                throw new IOException("the other end sent frame type " + type);
            }
            if (type == SETTINGS && (flags & ACK) == 0) {
                frame(SETTINGS, ACK, 0, new byte[0]);
            }
        }
    }

    /** The first field, which is {@code :status}: an entry of HPACK's static table, or a literal of three digits. */
    private static int status(byte[] fields) throws IOException {
        int first = fields[0] & 0xff;
        return switch (first) {
            case 0x88 -> 200;
            case 0x8c -> 400;
            case 0x8d -> 404;
            case 0x8e -> 500;
            case 0x08, 0x18, 0x48 ->
                (fields[1] & 0x80) == 0
                        ? Integer.parseInt(new String(fields, 2, 3, StandardCharsets.US_ASCII))
                        : huffmanDigits(fields, 2);
            default -> throw new IOException("header block begins with 0x" + Integer.toHexString(first));
        };
    }

    /** Three digits in HPACK's Huffman code (RFC 7541, appendix B): 0 to 2 take five bits, 3 to 9 take six. */
    private static int huffmanDigits(byte[] fields, int from) {
        int bits = ((fields[from] & 0xff) << 16)
                | ((fields[from + 1] & 0xff) << 8)
                | (from + 2 < fields.length ? fields[from + 2] & 0xff : 0);
        int at = 24;
        int number = 0;
        for (int i = 0; i < 3; i++) {
            int five = (bits >> (at - 5)) & 0x1f;
            boolean isShort = five <= 2;
            number = number * 10 + (isShort ? five : ((bits >> (at - 6)) & 0x3f) - 0x19 + 3);
            at -= isShort ? 5 : 6;
        }
        return number;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** The servers' certificates are not what is tested here. */
    private static final class TrustEveryone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket peer) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket peer) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
