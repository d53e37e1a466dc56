package dev.ambit.adapters.istiodca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ambit.domain.identity.TrustDomain;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class ServingCertificateTest {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    @TempDir
    private Path folder;

    private IstiodCertificateAuthority authority;

    @BeforeEach
    void open() {
        authority = IstiodCertificateAuthority.open(
                folder, IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL), InstantSource.system());
    }

    @Test
    void itHasTheNamesAndIsSignedByTheRoot() throws GeneralSecurityException {
        var serving = authority.servingCertificate(List.of("istiod.istio-system.svc", "127.0.0.1"), Duration.ofDays(1));
        X509Certificate leaf = read(serving.chainPem().getFirst());

        assertThat(leaf.getSubjectAlternativeNames())
                .containsExactly(List.of(DNS_NAME, "istiod.istio-system.svc"), List.of(IP_ADDRESS, "127.0.0.1"));
        leaf.verify(read(authority.rootsPem()).getPublicKey());
        assertThat(serving.keyPem()).startsWith("-----BEGIN PRIVATE KEY-----");
        assertThat(serving.toString()).doesNotContain("KEY");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "-a", "a..b", "spiffe://x", "*", "1.2.3.4.5/8", "a\n"})
    void otherNamesAreRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> authority.servingCertificate(List.of(name), Duration.ofDays(1)))
                .withMessageContaining(name);
    }

    @Test
    void thereAreOneToAHundredNames() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> authority.servingCertificate(List.of(), Duration.ofDays(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> authority.servingCertificate(Collections.nCopies(101, "a"), Duration.ofDays(1)));
    }

    @Test
    void optionsHaveRanges() {
        Duration day = Duration.ofDays(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new IstiodCaOptions(TrustDomain.CLUSTER_LOCAL, day, Duration.ofDays(2), day, Duration.ZERO))
                .withMessageContaining("longest validity");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new IstiodCaOptions(TrustDomain.CLUSTER_LOCAL, Duration.ZERO, day, day, Duration.ZERO))
                .withMessageContaining("default validity");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IstiodCaOptions(TrustDomain.CLUSTER_LOCAL, day, day, day, day))
                .withMessageContaining("back-dating");
    }

    private static X509Certificate read(String pem) throws GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }
}
