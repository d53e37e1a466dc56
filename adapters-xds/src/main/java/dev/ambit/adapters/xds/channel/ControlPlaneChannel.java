package dev.ambit.adapters.xds.channel;

import com.google.protobuf.Struct;
import dev.ambit.adapters.xds.proto.core.Node;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Opens channels to the control plane: TLS, the server checked, no client certificate, dead connections noticed. */
public final class ControlPlaneChannel {
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final int KEEPALIVE_SECONDS = 30;
    private static final int KEEPALIVE_TIMEOUT_SECONDS = 10;
    private static final int CAUSES_MAX = 10;
    private static final int TLS_PORT = 15_012;

    /**
     * Loads what a first connection needs, and runs the arithmetic of its curve once, so that it is compiled by the time a
     * certificate has to be verified. Takes a while at a process's start.
     */
    public static void prepare() {
        try {
            var _ = GrpcSslContexts.forClient().build();
            var _ = NettyChannelBuilder.forAddress("localhost", TLS_PORT)
                    .build()
                    .shutdownNow();
            var _ = Node.newBuilder().setMetadata(Struct.getDefaultInstance()).build();
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            byte[] signed = signature.sign();
            signature.initVerify(keys.getPublic());
            boolean _ = signature.verify(signed);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no TLS 1.3 with P-256", e);
        }
    }

    /**
     * A channel that connects at its first call. Its owner shuts it down.
     *
     * @param messageBytesMax the largest message to accept
     * @throws IOException if the root CA file cannot be used; the message names it
     */
    public static ManagedChannel open(ControlPlane controlPlane, int messageBytesMax) throws IOException {
        var builder = NettyChannelBuilder.forAddress(controlPlane.host(), controlPlane.port())
                .intercept(new CallerHeaders(controlPlane))
                .maxInboundMessageSize(messageBytesMax)
                .disableRetry()
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS);
        if (controlPlane.isPlaintext()) {
            builder.usePlaintext();
        } else {
            builder.sslContext(tls(controlPlane));
        }
        return builder.build();
    }

    private static SslContext tls(ControlPlane controlPlane) throws IOException {
        ControlPlaneRoots roots = controlPlane.roots();
        List<X509Certificate> certificates = PemCertificates.parse(roots.pem()).certificates();
        boolean ofThisMachine = roots instanceof ControlPlaneRoots.OfThisMachine;
        if (certificates.isEmpty() && !ofThisMachine) {
            throw new IOException(roots.describe() + " holds no readable certificate");
        }
        var names = new ArrayList<String>();
        names.add(controlPlane.host());
        controlPlane.alternativeHostname().ifPresent(names::add);
        try {
            var builder = GrpcSslContexts.forClient();
            if (controlPlane.tls().postQuantumOnly()) {
                builder.option(OpenSslContextOption.GROUPS, new String[] {"X25519MLKEM768"});
            }
            return builder.protocols(controlPlane.tls().tls12() ? List.of("TLSv1.3", "TLSv1.2") : List.of("TLSv1.3"))
                    .trustManager(
                            ofThisMachine
                                    ? ServerNameTrust.ofThisMachine(names)
                                    : new ServerNameTrust(certificates, names))
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IOException(roots.describe() + " cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * The roots as they are now, PEM; empty text for plaintext and for the trust store of this machine.
     *
     * @throws IOException if there is none to read; the message names it
     */
    public static String rootsPem(ControlPlane controlPlane) throws IOException {
        return controlPlane.isPlaintext() ? "" : controlPlane.roots().pem();
    }

    /** A call's failure in one line: gRPC hides the reason of a failed connection in a chain of causes. */
    public static String describe(Status status) {
        var text = new StringBuilder(status.getCode().name());
        if (status.getDescription() != null) {
            text.append(": ").append(firstLine(status.getDescription()));
        }
        Throwable cause = status.getCause();
        String last = "";
        for (int i = 0; cause != null && i < CAUSES_MAX; i++, cause = cause.getCause()) {
            String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            if (!last.contains(message)) {
                text.append(": ").append(firstLine(message));
                last = message;
            }
        }
        return text.toString();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private ControlPlaneChannel() {}
}
