package dev.ambit.adapters.istiodca;

import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateAuthorityContract;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

final class IstiodCertificateAuthorityContractTest extends CertificateAuthorityContract {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    @TempDir
    private Path folder;

    private IstiodCertificateAuthority authority;

    @BeforeEach
    void open() {
        authority = IstiodCertificateAuthority.open(
                folder, IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL), InstantSource.fixed(NOW));
    }

    @Override
    protected CertificateAuthority authority() {
        return authority;
    }

    @Override
    protected Instant now() {
        return NOW;
    }

    @Override
    protected Duration validityMax() {
        return Duration.ofDays(90);
    }
}
