package dev.ambit.systemtests;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ambit.adapters.xds.channel.BearerToken;
import dev.ambit.adapters.xds.channel.ControlPlane;
import dev.ambit.adapters.xds.channel.ControlPlaneChannel;
import dev.ambit.adapters.xds.channel.ControlPlaneRoots;
import dev.ambit.adapters.xds.proto.ca.IstioCertificateRequest;
import dev.ambit.adapters.xds.proto.ca.IstioCertificateServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks the mesh's certificate authority as a node proxy does, but for what it wants and with the token it likes. */
final class CertificateClient {
    private final MeshUnderTest mesh;

    CertificateClient(MeshUnderTest mesh) {
        this.mesh = mesh;
    }

    /** The token that the control plane gave to a node's ztunnel. */
    String token(String node) {
        return tokenOf("istio-system_ztunnel-" + node);
    }

    /** The token that it gave to the proxy of a pod, named as the pod's folder. */
    String tokenOf(String pod) {
        try {
            return Files.readString(mesh.file("tokens/" + pod + "/istio-token")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The chain, PEM, leaf first.
     *
     * @throws StatusRuntimeException if refused
     */
    List<String> request(String token, Csr csr, String impersonated) {
        try (var forward = new Forward(mesh.machine("node-a"), new InetSocketAddress("10.77.0.10", 15_012))) {
            Path file = Files.createTempFile("ambit-token", "");
            try {
                Files.writeString(file, token);
                var controlPlane = new ControlPlane(
                        URI.create("https://localhost:" + forward.port()),
                        new ControlPlaneRoots.InFile(mesh.file("root-cert.pem")),
                        Optional.empty(),
                        new BearerToken.InFile(file),
                        "Kubernetes");
                return request(ControlPlaneChannel.open(controlPlane, 1 << 20), csr, impersonated);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> request(ManagedChannel channel, Csr csr, String impersonated) {
        try {
            var identity = Value.newBuilder().setStringValue(impersonated).build();
            return IstioCertificateServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .createCertificate(IstioCertificateRequest.newBuilder()
                            .setCsr(csr.pem())
                            .setValidityDuration(3600)
                            .setMetadata(Struct.newBuilder().putFields("ImpersonatedIdentity", identity))
                            .build())
                    .getCertChainList();
        } finally {
            channel.shutdownNow();
        }
    }
}
