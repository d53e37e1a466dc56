package dev.ambit.adapters.istiodca;

import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.FakeRootStorage;
import dev.ambit.ports.ca.ServerCertificates;
import dev.ambit.ports.ca.ServerCertificatesContract;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;

final class PluggedInServerCertificatesContractTest extends ServerCertificatesContract {
    private final FakeRootStorage storage = new FakeRootStorage();

    @BeforeEach
    void plugIn() throws Exception {
        TestCa root = TestCa.root("root");
        storage.put(Map.of("ca-cert.pem", root.pem(), "ca-key.pem", root.keyPem(), "root-cert.pem", root.pem()));
    }

    @Override
    protected ServerCertificates certificates() {
        return PluggedInCertificateAuthority.open(
                storage, IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL), InstantSource.fixed(TestCa.NOW));
    }
}
