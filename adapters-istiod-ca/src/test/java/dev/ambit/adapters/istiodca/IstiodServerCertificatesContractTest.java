package dev.ambit.adapters.istiodca;

import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.FakeRootStorage;
import dev.ambit.ports.ca.ServerCertificates;
import dev.ambit.ports.ca.ServerCertificatesContract;
import java.time.InstantSource;

final class IstiodServerCertificatesContractTest extends ServerCertificatesContract {
    private final IstiodCertificateAuthority authority = IstiodCertificateAuthority.open(
            new FakeRootStorage(), IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL), InstantSource.system());

    @Override
    protected ServerCertificates certificates() {
        return authority;
    }
}
