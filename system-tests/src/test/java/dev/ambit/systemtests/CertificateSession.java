package dev.ambit.systemtests;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ambit.adapters.xds.proto.ca.IstioCertificateRequest;
import dev.ambit.adapters.xds.proto.ca.IstioCertificateServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One connection to the mesh's certificate authority, over which anything may be asked with any token. */
final class CertificateSession implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Forward forward;
    private final ManagedChannel channel;

    private CertificateSession(MeshUnderTest mesh, String machine, SslContextBuilder tls) {
        forward = new Forward(mesh.machine(machine), new InetSocketAddress("10.77.0.10", 15_012));
        try {
            channel = NettyChannelBuilder.forAddress("localhost", forward.port())
                    .sslContext(GrpcSslContexts.configure(tls.protocols("TLSv1.3"))
                            .trustManager(mesh.file("root-cert.pem").toFile())
                            .build())
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From a machine, with no certificate. */
    static CertificateSession open(MeshUnderTest mesh, String machine) {
        return new CertificateSession(mesh, machine, SslContextBuilder.forClient());
    }

    /** From a machine, showing this certificate. */
    static CertificateSession open(MeshUnderTest mesh, String machine, Csr csr, List<String> chain) {
        // The last one is the root.
        X509Certificate[] shown = chain.subList(0, chain.size() - 1).stream()
                .map(CertificateSession::certificate)
                .toArray(X509Certificate[]::new);
        return new CertificateSession(
                mesh,
                machine,
                SslContextBuilder.forClient().keyManager(csr.keys().getPrivate(), shown));
    }

    static X509Certificate certificate(String pem) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * The chain, PEM, leaf first and root last.
     *
     * @param token empty for none
     * @param impersonated empty for one's own
     * @throws io.grpc.StatusRuntimeException if refused
     */
    List<String> request(String token, Csr csr, String impersonated) {
        var headers = new Metadata();
        if (!token.isEmpty()) {
            headers.put(AUTHORIZATION, "Bearer " + token);
        }
        var request = IstioCertificateRequest.newBuilder().setCsr(csr.pem()).setValidityDuration(3600);
        if (!impersonated.isEmpty()) {
            request.setMetadata(Struct.newBuilder()
                    .putFields(
                            "ImpersonatedIdentity",
                            Value.newBuilder().setStringValue(impersonated).build()));
        }
        return IstioCertificateServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .createCertificate(request.build())
                .getCertChainList();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        forward.close();
    }
}
