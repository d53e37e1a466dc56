package dev.ambit.services.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.istiodca.IstiodCaOptions;
import dev.ambit.adapters.istiodca.IstiodCertificateAuthority;
import dev.ambit.adapters.istiodca.storage.FolderRootStorage;
import dev.ambit.domain.identity.TrustDomain;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ServingIdentityTest {

    @TempDir
    private Path folder;

    @Test
    void aRenewedCertificateIsShownFromThenOn() throws CertificateParsingException {
        var authority = IstiodCertificateAuthority.open(
                new FolderRootStorage(folder), IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL), Clock.systemUTC());
        var identity = new ServingIdentity(authority, List.of("istiod.istio-system.svc", "192.0.2.1"));
        var context = identity.sslContext();
        var first = identity.shown();

        identity.renew();

        assertThat(identity.shown()).isNotEqualTo(first);
        assertThat(identity.shown().getPublicKey()).isNotEqualTo(first.getPublicKey());
        assertThat(identity.shown().getSubjectAlternativeNames())
                .extracting(it -> it.get(1))
                .map(Object::toString)
                .containsExactlyInAnyOrder("istiod.istio-system.svc", "192.0.2.1");
        assertThat(context.isServer()).isTrue();
    }
}
