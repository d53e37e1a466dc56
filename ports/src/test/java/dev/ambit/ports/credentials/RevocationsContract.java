package dev.ambit.ports.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.SpiffeId;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link Revocations} promises. */
@Timeout(30)
public abstract class RevocationsContract {
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");

    protected final TestPki pki = new TestPki();

    /** Revocations that know these lists, DER each. The suite does not close them. */
    protected abstract Revocations revocations(List<byte[]> lists);

    /** Replaces the lists of the revocations made last. */
    protected abstract void publish(List<byte[]> lists);

    private static boolean revoked(Revocations revocations, WorkloadCertificate certificate) {
        return revocations.revokedIn(certificate.chain(), certificate.roots()).isPresent();
    }

    @Test
    void withoutListsNothingIsRevoked() {
        assertThat(revoked(revocations(List.of()), pki.issue(CART))).isFalse();
    }

    @Test
    void namesTheCertificateThatIsRevokedThoughTheListIsLongExpired() {
        WorkloadCertificate good = pki.issue(CART);
        WorkloadCertificate bad = pki.issue(CART);
        Revocations revocations = revocations(List.of(pki.revoke(pki.issue(CART).leaf(), bad.leaf())));

        assertThat(revocations.revokedIn(bad.chain(), bad.roots()))
                .contains(new RevokedCertificate(
                        CART.toString(), bad.leaf().getSerialNumber().toString(16), "O=test"));
        assertThat(revoked(revocations, good)).isFalse();
    }

    @Test
    void looksAtTheWholeChainAndEachAuthorityHasItsOwnList() {
        TestPki between = pki.intermediate();
        WorkloadCertificate certificate = between.issue(CART);

        assertThat(revocations(List.of(pki.revoke(between.certificate())))
                        .revokedIn(certificate.chain(), certificate.roots()))
                .get()
                .extracting(RevokedCertificate::holder)
                .isEqualTo("O=between");
        assertThat(revoked(revocations(List.of(pki.revoke(), between.revoke(certificate.leaf()))), certificate))
                .isTrue();
        assertThat(revoked(revocations(List.of(pki.revoke(certificate.leaf()))), certificate))
                .as("the root has not issued this serial")
                .isFalse();
    }

    @Test
    void aListCountsOnlyIfTheIssuerHasSignedIt() {
        WorkloadCertificate certificate = pki.issue(CART);
        var namesake = new TestPki();

        assertThat(revoked(revocations(List.of(namesake.revoke(certificate.leaf()))), certificate))
                .isFalse();
        assertThat(revoked(revocations(List.of(namesake.revoke(), pki.revoke(certificate.leaf()))), certificate))
                .as("beside the list of an authority of the same name")
                .isTrue();
    }

    @Test
    void aRootIsNotLookedAt() {
        WorkloadCertificate certificate = pki.issue(CART);
        List<X509Certificate> withRoot = new ArrayList<>(certificate.chain());
        withRoot.add(pki.certificate());

        assertThat(revocations(List.of(pki.revoke(pki.certificate()))).revokedIn(withRoot, certificate.roots()))
                .isEmpty();
    }

    @Test
    void tellsOfChanges() throws InterruptedException {
        WorkloadCertificate certificate = pki.issue(CART);
        Revocations revocations = revocations(List.of(pki.revoke()));
        var revokedNow = new CountDownLatch(1);
        var revokedNoMore = new CountDownLatch(1);
        revocations.onChange(() -> {
            if (revoked(revocations, certificate)) {
                revokedNow.countDown();
            } else if (revokedNow.getCount() == 0) {
                revokedNoMore.countDown();
            }
        });

        publish(List.of(pki.revoke(certificate.leaf())));
        assertThat(revokedNow.await(20, TimeUnit.SECONDS)).isTrue();

        publish(List.of());
        assertThat(revokedNoMore.await(20, TimeUnit.SECONDS)).isTrue();
    }
}
