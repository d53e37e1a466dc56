package dev.ambit.adapters.istiodca;

import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateAuthorityContract;
import dev.ambit.ports.ca.FakeRootStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

final class PluggedInCertificateAuthorityContractTest extends CertificateAuthorityContract {
    private static final Duration LIFE = Duration.ofDays(200);

    private Instant now = TestCa.NOW;
    private final PluggedInCertificateAuthority authority = open();

    private PluggedInCertificateAuthority open() {
        try {
            var storage = new FakeRootStorage();
            TestCa root = TestCa.root("root");
            TestCa upper = root.below("upper", LIFE);
            TestCa lower = upper.below("lower", LIFE);
            storage.put(Map.of(
                    "ca-cert.pem", lower.pem(),
                    "ca-key.pem", lower.keyPem(),
                    "cert-chain.pem", lower.pem() + upper.pem() + root.pem(),
                    "root-cert.pem", root.pem()));
            return PluggedInCertificateAuthority.open(
                    storage, IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL), () -> now);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
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
    protected Duration validityMax() {
        return Duration.ofDays(90);
    }

    /** It needs nothing but its intermediate, and that only for so long. */
    @Override
    protected void breakDown() {
        now = now.plus(LIFE);
    }

    @Override
    protected void repair() {
        now = TestCa.NOW;
    }
}
