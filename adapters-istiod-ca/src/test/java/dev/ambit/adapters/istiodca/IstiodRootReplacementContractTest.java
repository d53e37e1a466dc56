package dev.ambit.adapters.istiodca;

import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.FakeRootStorage;
import dev.ambit.ports.ca.RootReplacement;
import dev.ambit.ports.ca.RootReplacementContract;
import java.time.Duration;
import java.time.Instant;

final class IstiodRootReplacementContractTest extends RootReplacementContract {
    private Instant now = TestCa.NOW;
    private final IstiodCertificateAuthority authority = IstiodCertificateAuthority.open(
            new FakeRootStorage(), IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL), () -> now);

    @Override
    protected RootReplacement replacement() {
        return authority;
    }

    @Override
    protected CertificateAuthority authority() {
        return authority;
    }

    @Override
    protected Instant now() {
        return now;
    }

    @Override
    protected void pass(Duration time) {
        now = now.plus(time);
    }

    @Override
    protected void begin() {
        var _ = authority.rotate();
    }

    @Override
    protected void goBack() {
        var _ = authority.abort();
    }
}
