package dev.ambit.adapters.xds.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.xds.channel.ControlPlane;
import dev.ambit.adapters.xds.channel.ControlPlaneChannel;
import dev.ambit.adapters.xds.channel.ControlPlaneRoots;
import dev.ambit.adapters.xds.channel.TestCertificates;
import dev.ambit.adapters.xds.channel.TestServer;
import dev.ambit.adapters.xds.proto.ca.IstioCertificateRequest;
import dev.ambit.adapters.xds.proto.ca.IstioCertificateServiceGrpc;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.ca.CertificateIssuing;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes over the certificate service's wire, and what its client does when roots and tokens rotate. */
@Timeout(60)
class CertificateServiceTest {
    private static final TestCertificates ROOT = new TestCertificates("mesh");
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");

    private final TestServer server;

    CertificateServiceTest(@TempDir Path directory) {
        server = new TestServer(ROOT, "localhost", directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ControlPlane address() {
        return server.address(ROOT, FakeAuthority.TOKEN, Optional.empty());
    }

    private static XdsCertificateSource source(ControlPlane controlPlane) {
        return new XdsCertificateSource(
                new CaClientOptions(controlPlane, Duration.ofHours(24), Duration.ofSeconds(10)), Duration.ofMillis(50));
    }

    /** Asks until it is answered: a new root is noticed soon, not at once. */
    private static void awaitTrust(XdsCertificateSource source) throws InterruptedException, TimeoutException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                source.request(CART).toCompletableFuture().get(10, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException stillDistrusted) {
                assertThat(System.nanoTime())
                        .as("still: %s", stillDistrusted.getMessage())
                        .isLessThan(until);
            }
        }
    }

    private ControlPlane trusting(Path roots) {
        ControlPlane address = address();
        return new ControlPlane(
                address.address(),
                new ControlPlaneRoots.InFile(roots),
                address.alternativeHostname(),
                address.token(),
                address.clusterId());
    }

    private static Path write(Path file, TestCertificates certificates) throws IOException {
        return Files.writeString(file, TestCertificates.pem(certificates.root()));
    }

    @Test
    void followsARootFileThatIsReplacedByRename(@TempDir Path folder) throws Exception {
        server.start(new CertificateService(new FakeAuthority(ROOT, FakeAuthority.Fault.NOTHING)));
        Path file = write(folder.resolve("root-cert.pem"), new TestCertificates("old"));
        try (var source = source(trusting(file))) {
            assertThatThrownBy(() -> source.request(CART).toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .hasMessageContaining("UNAVAILABLE");

            Files.move(write(folder.resolve("fresh"), ROOT), file, StandardCopyOption.ATOMIC_MOVE);

            awaitTrust(source);
        }
    }

    /** The kubelet writes a folder of its own and swaps the link {@code ..data} that the file's own link leads through. */
    @Test
    void followsARootFileInAVolumeOfKubernetes(@TempDir Path volume) throws Exception {
        server.start(new CertificateService(new FakeAuthority(ROOT, FakeAuthority.Fault.NOTHING)));
        write(Files.createDirectory(volume.resolve("..2026_1")).resolve("root-cert.pem"), new TestCertificates("old"));
        Path data = Files.createSymbolicLink(volume.resolve("..data"), Path.of("..2026_1"));
        Path file = Files.createSymbolicLink(volume.resolve("root-cert.pem"), Path.of("..data/root-cert.pem"));
        try (var source = source(trusting(file))) {
            assertThatThrownBy(() -> source.request(CART).toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .hasMessageContaining("UNAVAILABLE");

            write(Files.createDirectory(volume.resolve("..2026_2")).resolve("root-cert.pem"), ROOT);
            Path swap = Files.createSymbolicLink(volume.resolve("..data_tmp"), Path.of("..2026_2"));
            Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE);

            awaitTrust(source);
        }
    }

    private static Status.Code fails(ControlPlane controlPlane, IstioCertificateRequest request) throws IOException {
        ManagedChannel channel = ControlPlaneChannel.open(controlPlane, 1 << 20);
        try {
            var stub = IstioCertificateServiceGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
            stub.createCertificate(request);
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void asksForTheWorkloadWithARequestThatHoldsNothingButItsIdentity() throws Exception {
        var seen = new CopyOnWriteArrayList<CertificateIssuing.Request>();
        var authority = new FakeAuthority(ROOT, FakeAuthority.Fault.NOTHING);
        server.start(new CertificateService(request -> {
            seen.add(request);
            return authority.issue(request);
        }));
        try (var source = source(address())) {
            source.request(CART).toCompletableFuture().get(10, TimeUnit.SECONDS);
        }

        CertificateIssuing.Request request = seen.getFirst();
        assertThat(request.impersonated()).contains(CART.toString());
        assertThat(request.validity()).isEqualTo(Duration.ofHours(24));
        assertThat(request.bearerToken()).isEqualTo(FakeAuthority.TOKEN);
        var csr = TestCertificates.csr(request.csrPem());
        assertThat(csr.getSubject()).isEqualTo(new X500Name(""));
        assertThat(csr.getRequestedExtensions().toString()).isNotEmpty();
        assertThat(csr.getSignatureAlgorithm().getAlgorithm().getId())
                .isEqualTo("1.2.840.10045.4.3.2"); // ecdsa-with-SHA256, RFC 5758
    }

    @Test
    void asksForItselfWithoutNamingAnother() throws Exception {
        var seen = new CopyOnWriteArrayList<CertificateIssuing.Request>();
        server.start(new CertificateService(request -> {
            seen.add(request);
            return new CertificateIssuing.Answer.Unavailable();
        }));
        var options = new CaClientOptions(address(), Duration.ofHours(1), Duration.ofSeconds(10), false);
        try (var source = new XdsCertificateSource(options)) {
            assertThatThrownBy(() -> source.request(CART).toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .hasMessageContaining("UNAVAILABLE");
        }

        assertThat(seen.getFirst().impersonated()).isEmpty();
    }

    @Test
    void answersEachOutcomeWithItsStatus() throws Exception {
        var answers = new ArrayList<CertificateIssuing.Answer>(List.of(
                new CertificateIssuing.Answer.InvalidRequest("csr: unreadable"),
                new CertificateIssuing.Answer.Unavailable(),
                new CertificateIssuing.Answer.Unauthenticated()));
        server.start(new CertificateService(_ -> answers.removeFirst()));
        var request = IstioCertificateRequest.newBuilder().setCsr("csr").build();

        assertThat(fails(address(), request)).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(fails(address(), request)).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(fails(address(), request)).isEqualTo(Status.Code.UNAUTHENTICATED);
        // The list is empty now, so the use case itself breaks.
        assertThat(fails(address(), request)).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void refusesWithoutATokenAndWithATooLargeRequestBeforeAskingAnybody() throws Exception {
        server.start(new CertificateService(_ -> {
            throw new AssertionError("asked");
        }));
        var large =
                IstioCertificateRequest.newBuilder().setCsr("c".repeat(100_000)).build();

        assertThat(fails(address(), large)).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(fails(server.address(ROOT, "", Optional.empty()), large)).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void followsRootsAndTokensThatRotate() throws Exception {
        server.start(new CertificateService(new FakeAuthority(ROOT, FakeAuthority.Fault.NOTHING)));
        ControlPlane address = address();
        server.file("root.pem", TestCertificates.pem(new TestCertificates("old").root()));
        try (var source = source(address)) {
            assertThatThrownBy(() -> source.request(CART).toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .hasMessageContaining("UNAVAILABLE");

            server.file("root.pem", TestCertificates.pem(ROOT.root()));
            awaitTrust(source);

            server.file("token", "expired");
            assertThatThrownBy(() -> source.request(CART).toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .hasMessageContaining("UNAUTHENTICATED");

            server.file("root.pem", "being written");
            server.file("token", FakeAuthority.TOKEN);
            source.request(CART).toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }
}
