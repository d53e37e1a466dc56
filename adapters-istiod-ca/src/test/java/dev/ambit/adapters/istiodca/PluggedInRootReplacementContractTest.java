package dev.ambit.adapters.istiodca;

import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.FakeRootStorage;
import dev.ambit.ports.ca.RootReplacement;
import dev.ambit.ports.ca.RootReplacementContract;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

final class PluggedInRootReplacementContractTest extends RootReplacementContract {
    private static final Duration LIFE = Duration.ofDays(900);

    private final FakeRootStorage storage = new FakeRootStorage();
    private final Map<String, Map<String, String>> made = new HashMap<>();
    private Instant now = TestCa.NOW;
    private final PluggedInCertificateAuthority authority = open();

    private PluggedInCertificateAuthority open() {
        plugIn("one");
        return PluggedInCertificateAuthority.open(
                storage, IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL), () -> now);
    }

    private void plugIn(String name) {
        storage.put(made.computeIfAbsent(name, PluggedInRootReplacementContractTest::files));
    }

    private static Map<String, String> files(String name) {
        try {
            TestCa root = TestCa.root("root " + name);
            TestCa intermediate = root.below("intermediate " + name, LIFE);
            return Map.of(
                    "ca-cert.pem", intermediate.pem(),
                    "ca-key.pem", intermediate.keyPem(),
                    "cert-chain.pem", intermediate.pem(),
                    "root-cert.pem", root.pem());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

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
        plugIn("two");
    }

    @Override
    protected void goBack() {
        plugIn("one");
    }
}
