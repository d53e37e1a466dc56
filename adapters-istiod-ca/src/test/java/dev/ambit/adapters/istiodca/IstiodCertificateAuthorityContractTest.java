package dev.ambit.adapters.istiodca;

import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateAuthorityContract;
import dev.ambit.ports.ca.FakeRootStorage;
import java.time.Duration;
import java.time.Instant;

final class IstiodCertificateAuthorityContractTest extends CertificateAuthorityContract {
    private static final Duration LATER = Duration.ofHours(3);

    private final FakeRootStorage storage = new FakeRootStorage();
    private Instant now = Instant.parse("2026-11-21T10:00:00Z");
    private final IstiodCertificateAuthority authority =
            IstiodCertificateAuthority.open(storage, IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL), () -> now);

    @Override
    protected CertificateAuthority authority() {
        return authority;
    }

    @Override
    protected Instant now() {
        return now;
    }

    @Override
    protected Duration validityMax() {
        return Duration.ofDays(90);
    }

    /** Later leaves would live longer than was ever stored. */
    @Override
    protected void breakDown() {
        storage.breakDown();
        now = now.plus(LATER);
    }

    @Override
    protected void repair() {
        storage.repair();
    }
}
