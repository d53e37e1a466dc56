package dev.ambit.ports.transport;

import dev.ambit.ports.credentials.WorkloadCertificate;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A client of port 15008 that writes whatever bytes a test wants, on the JDK's TLS. Sends no ALPN, trusts anybody. */
final class RawTunnel implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    private static final int PREFACE_BYTES = 24;

    private final SSLSocket socket;
    private final DataOutputStream out;
    private final DataInputStream in;

    private RawTunnel(SSLSocket socket) throws IOException {
        this.socket = socket;
        this.out = new DataOutputStream(socket.getOutputStream());
        this.in = new DataInputStream(socket.getInputStream());
    }

    /** TCP and TLS, nothing of HTTP/2. */
    static RawTunnel open(int port, Optional<WorkloadCertificate> certificate)
            throws IOException, GeneralSecurityException {
        return open(port, certificate, _ -> {});
    }

    /** @param parameters changes what the ClientHello says */
    static RawTunnel open(int port, Optional<WorkloadCertificate> certificate, Consumer<SSLParameters> parameters)
            throws IOException, GeneralSecurityException {
        return open(context(certificate), port, parameters);
    }

    /** A context of which several connections may want to resume one session. */
    static SSLContext context(Optional<WorkloadCertificate> certificate) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] keys = certificate.isPresent() ? keys(certificate.get()) : new KeyManager[0];
        context.init(keys, new TrustManager[] {new Trusting()}, new SecureRandom());
        return context;
    }

    static RawTunnel open(SSLContext context, int port, Consumer<SSLParameters> parameters) throws IOException {
        var socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.ofLiteral("127.0.0.1"), port);
        socket.setSoTimeout(15_000);
        SSLParameters hello = socket.getSSLParameters();
        hello.setProtocols(new String[] {"TLSv1.3"});
        parameters.accept(hello);
        socket.setSSLParameters(hello);
        return new RawTunnel(socket);
    }

    /** The other role: where tunnels end that the test serves, with this certificate and whoever's. */
    static ServerSocket listen(WorkloadCertificate certificate) throws IOException, GeneralSecurityException {
        var listener = (SSLServerSocket) context(Optional.of(certificate))
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        SSLParameters parameters = listener.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        parameters.setApplicationProtocols(new String[] {"h2"});
        parameters.setNeedClientAuth(true);
        listener.setSSLParameters(parameters);
        listener.setSoTimeout(15_000);
        return listener;
    }

    /** The next tunnel that somebody opens, greeted. */
    static RawTunnel accept(ServerSocket listener) throws IOException {
        var socket = (SSLSocket) listener.accept();
        socket.setSoTimeout(15_000);
        var tunnel = new RawTunnel(socket);
        tunnel.in.skipNBytes(PREFACE_BYTES);
        tunnel.frame(SETTINGS, 0, 0, new byte[0]);
        return tunnel;
    }

    private static KeyManager[] keys(WorkloadCertificate certificate) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "key", certificate.key(), new char[0], certificate.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    /** Shakes hands and reads on until the other end says why it does not want to. */
    String alert() throws IOException {
        try {
            int first = socket.getInputStream().read();
            throw new AssertionError("no alert but " + first);
        } catch (SSLException alert) {
            return String.valueOf(alert.getMessage());
        }
    }

    /** Shakes hands; the session that came of it. */
    SSLSession session() throws IOException {
        socket.startHandshake();
        return socket.getSession();
    }

    /** Preface and empty SETTINGS. */
    RawTunnel greet() throws IOException {
        raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        frame(SETTINGS, 0, 0, new byte[0]);
        return this;
    }

    void raw(String bytes) throws IOException {
        out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        header(type, flags, stream, payload.length);
        out.write(payload);
        out.flush();
    }

    /** A frame header that promises a payload. */
    void header(int type, int flags, int stream, int length) throws IOException {
        out.write(length >> 16);
        out.writeShort(length);
        out.write(type);
        out.write(flags);
        out.writeInt(stream);
        out.flush();
    }

    void request(int stream, String method, String authority) throws IOException {
        frame(HEADERS, END_HEADERS, stream, block(method, authority));
    }

    /** HPACK without compression: the static names 2 (:method) and 1 (:authority), literal values. */
    static byte[] block(String method, String authority) {
        var block = new ByteArrayOutputStream();
        literal(block, 2, method);
        literal(block, 1, authority);
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, int name, String value) {
        block.write(name);
        block.write(value.length());
        block.writeBytes(value.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The payload of the next frame of the type; others are skipped. */
    byte[] await(int type) throws IOException {
        return await(Set.of(type)).payload;
    }

    /** A frame, as far as tests look at it. */
    private static final class Frame {
        final int type;
        final byte[] payload;

        Frame(int type, byte[] payload) {
            this.type = type;
            this.payload = payload;
        }
    }

    /** The next frame of one of the types; others are skipped. */
    private Frame await(Set<Integer> types) throws IOException {
        while (true) {
            int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
            int seen = in.readUnsignedByte();
            in.skipNBytes(5);
            byte[] payload = in.readNBytes(length);
            if (types.contains(seen)) {
                return new Frame(seen, payload);
            }
        }
    }

    /** Sends byte after byte on the stream until it is reset; the error code. */
    int sendUntilReset(int stream) throws IOException {
        for (int i = 0; i < 100; i++) {
            frame(DATA, 0, stream, new byte[1]);
            frame(PING, 0, 0, new byte[8]);
            Frame next = await(Set.of(PING, RST_STREAM));
            if (next.type == RST_STREAM) {
                return next.payload[3];
            }
        }
        throw new AssertionError("stream " + stream + " goes on");
    }

    /** The error code of the GOAWAY that comes next. */
    int awaitGoAway() throws IOException {
        byte[] payload = await(GOAWAY);
        return payload[7];
    }

    /** Reads until the connection ends, in order or not. */
    void awaitEnd() {
        try {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (java.net.SocketTimeoutException open) {
            throw new AssertionError("connection is still open", open);
        } catch (IOException _) {
            // An alert or a reset ends it as well.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

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
