package dev.ambit.ports.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.FakeRevocations;
import dev.ambit.ports.credentials.Revocations;
import dev.ambit.ports.credentials.RevokedCertificate;
import dev.ambit.ports.trust.Certificates.Request;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PeerVerificationTest {
    private static final String CART = "spiffe://cluster.local/ns/shop/sa/cart";
    private static final String STOCK = "spiffe://cluster.local/ns/shop/sa/stock";
    private static final Certificates ROOT = Certificates.root("O=root");

    private final FakeRevocations revocations = new FakeRevocations();
    private final VerifiedChains known = new VerifiedChains();
    private Instant now = Instant.now();
    private final PeerVerification verification =
            new PeerVerification(ROOT.workload(SpiffeId.of(CART)), revocations, known, () -> now);
    private Set<SpiffeId> expected = Set.of(SpiffeId.of(STOCK));

    private void client(X509Certificate... chain) throws CertificateException {
        verification.checkClient(chain);
    }

    private void server(X509Certificate... chain) throws CertificateException {
        verification.checkServer(chain, expected);
    }

    private static Request stock() {
        return new Request().uri(STOCK);
    }

    @Test
    void leafOfTheRootIsTrusted() throws CertificateException {
        client(ROOT.chain(stock()));
        server(ROOT.chain(stock()));
    }

    @Test
    void chainOverAnIntermediateIsTrustedWithAndWithoutTheRoot() throws CertificateException {
        X509Certificate[] chain = ROOT.intermediate("O=between").chain(stock());
        client(chain);
        client(chain[0], chain[1], ROOT.certificate());
    }

    @Test
    void chainWithoutItsIntermediateIsNot() {
        X509Certificate[] chain = ROOT.intermediate("O=between").chain(stock());
        assertThatThrownBy(() -> client(chain[0])).hasMessageContaining("not trusted");
    }

    @Test
    void anotherRootOfTheSameNameIsNotTrusted() {
        Certificates impostor = Certificates.root("O=root");
        assertThatThrownBy(() -> client(impostor.chain(stock()))).hasMessageContaining("not trusted");
        assertThatThrownBy(() -> server(impostor.chain(stock()))).hasMessageContaining("not trusted");
        assertThatThrownBy(() -> client(impostor.chain(stock())[0], impostor.certificate()))
                .as("bringing its root along")
                .hasMessageContaining("not trusted");
    }

    @Test
    void rootIsNoPeer() {
        assertThatThrownBy(() -> client(ROOT.certificate())).hasMessageContaining("root");
    }

    @Test
    void workloadIsNoAuthority() {
        var leaf = ROOT.workload(SpiffeId.of(STOCK));
        assertThatThrownBy(() -> client(leaf.chain().getFirst(), leaf.chain().getFirst()))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void purposeMustFit() throws CertificateException {
        X509Certificate[] serverOnly = ROOT.chain(stock().purposes(KeyPurposeId.id_kp_serverAuth));
        X509Certificate[] clientOnly = ROOT.chain(stock().purposes(KeyPurposeId.id_kp_clientAuth));
        server(serverOnly);
        client(clientOnly);
        assertThatThrownBy(() -> client(serverOnly)).hasMessageContaining("not for this use");
        assertThatThrownBy(() -> server(clientOnly)).hasMessageContaining("not for this use");
    }

    @Test
    void expiredAndNotYetValidAreRefused() {
        Instant now = Instant.now();
        assertThatThrownBy(() -> client(ROOT.chain(stock().from(now.minus(Duration.ofHours(2))))))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("NotAfter");
        assertThatThrownBy(() -> client(ROOT.chain(stock().from(now.plus(Duration.ofMinutes(10))))))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("NotBefore");
    }

    @Test
    void clientsOfAnotherTrustDomainAreRefused() {
        assertThatThrownBy(() -> client(ROOT.chain(new Request().uri("spiffe://elsewhere/ns/shop/sa/stock"))))
                .hasMessageContaining("another trust domain");
    }

    @Test
    void onlyUriNamesAreIdentities() {
        assertThatThrownBy(() -> client(ROOT.chain(new Request().dns("cluster.local"))))
                .hasMessageContaining("no SPIFFE identity");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://cluster.local/ns/shop/sa/cart", "spiffe://cluster.local", "spiffe:///ns/a/sa/b"})
    void otherUrisAreNoIdentities(String uri) {
        assertThatThrownBy(() -> client(ROOT.chain(new Request().uri(uri)))).hasMessageContaining("no SPIFFE identity");
    }

    /** As Istio's ztunnel; policy goes by the first. */
    @Test
    void anyOfSeveralNamesCountsForTheTrustDomain() throws CertificateException {
        String foreign = "spiffe://elsewhere/ns/shop/sa/stock";
        client(ROOT.chain(new Request().uri(foreign, STOCK)));
        client(ROOT.chain(new Request().uri(STOCK, foreign)));
        assertThat(PeerIdentities.all(ROOT.chain(new Request().uri("https://a/b", STOCK, CART))[0]))
                .containsExactly(SpiffeId.of(STOCK), SpiffeId.of(CART));
    }

    @Test
    void revokedAreRefusedWhereverTheyAreOnTheChain() {
        X509Certificate[] chain = ROOT.intermediate("O=between").chain(stock());
        for (X509Certificate certificate : chain) {
            var one = new FakeRevocations();
            one.revoke(certificate);
            var strict = new PeerVerification(ROOT.workload(SpiffeId.of(CART)), one, known, () -> now);
            assertThatThrownBy(() -> strict.checkClient(chain)).hasMessageContaining("revoked");
            assertThatThrownBy(() -> strict.checkServer(chain, expected))
                    .hasMessageContaining("revoked")
                    .satisfies(failure -> assertThat(
                                    PeerRefused.in(failure).orElseThrow().flag())
                            .isEqualTo(ResponseFlag.CERT_REVOKED));
        }
    }

    @Test
    void strangersAreReportedAsUnreachable() {
        assertThatThrownBy(() -> server(ROOT.chain(new Request().uri(CART))))
                .satisfies(failure ->
                        assertThat(PeerRefused.in(failure).orElseThrow().flag()).isEqualTo(ResponseFlag.CONNECT));
        assertThat(PeerRefused.in(new CertificateException("other"))).isEmpty();
    }

    @Test
    void serverMustBeWhoIsExpected() throws CertificateException {
        server(ROOT.chain(new Request().uri(CART, STOCK)));
        assertThatThrownBy(() -> server(ROOT.chain(new Request().uri(CART)))).hasMessageContaining("expected one of");
        assertThatThrownBy(() -> verification.checkServer(ROOT.chain(stock()), Set.of()))
                .as("a handshake that expects nobody")
                .hasMessageContaining("expected one of");
    }

    @Test
    void aChainIsVerifiedOnceWhateverObjectItComesAs() throws CertificateException {
        X509Certificate[] chain = ROOT.chain(stock());
        client(chain);
        client(Certificates.copy(chain));
        server(Certificates.copy(chain));

        assertThat(known.size()).isEqualTo(1);
    }

    @Test
    void aKnownChainExpires() throws CertificateException {
        X509Certificate[] chain = ROOT.chain(stock());
        client(chain);
        now = chain[0].getNotAfter().toInstant();
        client(chain);
        now = now.plusMillis(1);

        assertThatThrownBy(() -> client(chain)).hasMessageContaining("NotAfter");
        now = chain[0].getNotBefore().toInstant().minusMillis(1);
        assertThatThrownBy(() -> client(chain)).hasMessageContaining("NotBefore");
    }

    @Test
    void aKnownChainIsRevokedAndItsPurposeAndIdentityAreAskedEachTime() throws CertificateException {
        X509Certificate[] chain = ROOT.chain(stock().purposes(KeyPurposeId.id_kp_serverAuth));
        server(chain);
        assertThatThrownBy(() -> client(chain)).hasMessageContaining("not for this use");
        expected = Set.of(SpiffeId.of(CART));
        assertThatThrownBy(() -> server(chain)).hasMessageContaining("expected one of");
        expected = Set.of(SpiffeId.of(STOCK));
        revocations.revoke(chain[0]);
        assertThatThrownBy(() -> server(chain)).hasMessageContaining("revoked");
    }

    @Test
    void aKnownChainIsNotVerifiedAgain() throws CertificateException {
        X509Certificate[] chain = ROOT.chain(stock());
        client(chain);
        var first = known.find(List.of(ROOT.certificate()), List.of(chain), now);
        client(Certificates.copy(chain));

        assertThat(first).isPresent();
        assertThat(known.find(List.of(ROOT.certificate()), List.of(chain), now).orElseThrow())
                .isSameAs(first.orElseThrow());
    }

    @Test
    void aKnownChainVouchesForNothingButItself() throws CertificateException {
        X509Certificate[] chain = ROOT.intermediate("O=between").chain(stock());
        client(chain);

        assertThatThrownBy(() -> client(chain[0])).hasMessageContaining("not trusted");
    }

    /** The leaf from half an hour before to half an hour after, what signed it from a minute before to an hour after. */
    @Test
    void aKnownChainIsValidAsLongAsAllOfItIs() throws CertificateException {
        Instant start = now;
        Certificates between = ROOT.intermediate("O=between");
        X509Certificate[] early = between.chain(stock().from(start.minus(Duration.ofMinutes(30))));
        X509Certificate[] late = between.chain(stock().from(start.minus(Duration.ofSeconds(1))));
        client(early);
        client(late);

        now = start.minus(Duration.ofMinutes(10));
        assertThatThrownBy(() -> client(early))
                .as("its intermediate is not valid yet")
                .hasMessageContaining("NotBefore");
        now = start.plus(Duration.ofMinutes(40));
        assertThatThrownBy(() -> client(early)).as("its leaf has expired").hasMessageContaining("NotAfter");
        client(late);
        now = between.certificate().getNotAfter().toInstant().plusMillis(1);
        assertThat(now).isBefore(late[0].getNotAfter().toInstant());
        assertThatThrownBy(() -> client(late))
                .as("its intermediate has expired")
                .hasMessageContaining("NotAfter");
    }

    @Test
    void theTimeThatCountsIsTheOneThatWasGiven() throws CertificateException {
        X509Certificate[] chain = ROOT.chain(stock().from(now.plus(Duration.ofHours(2))));
        now = now.plus(Duration.ofMinutes(150));

        client(chain);
    }

    @Test
    void aLeafThatNamesNoPurposeServesBoth() throws CertificateException {
        X509Certificate[] chain = ROOT.chain(stock().purposes());
        client(chain);
        server(chain);
    }

    @Test
    void everyRefusalHasItsReason() {
        X509Certificate[] serverOnly = ROOT.chain(stock().purposes(KeyPurposeId.id_kp_serverAuth));
        X509Certificate[] chain = ROOT.chain(stock());
        revocations.revoke(chain[0]);

        assertThat(reason(() -> client(serverOnly))).isEqualTo(PeerRefused.Reason.PURPOSE);
        assertThat(reason(() -> client(chain))).isEqualTo(PeerRefused.Reason.REVOKED);
        assertThat(reason(() -> client(Certificates.root("O=root").chain(stock()))))
                .isEqualTo(PeerRefused.Reason.UNTRUSTED);
        assertThat(reason(() -> client(ROOT.chain(new Request().dns("cluster.local")))))
                .isEqualTo(PeerRefused.Reason.IDENTITY);
        assertThat(reason(() -> client(ROOT.certificate()))).isEqualTo(PeerRefused.Reason.UNUSABLE);
    }

    private static PeerRefused.Reason reason(ThrowingCallable check) {
        return catchThrowableOfType(PeerRefused.class, check).reason();
    }

    @Test
    void revocationIsAskedAboutThePathAndTheRootsThatWereUsed() throws CertificateException {
        var asked = new ArrayList<List<List<X509Certificate>>>();
        var strict = new PeerVerification(
                ROOT.workload(SpiffeId.of(CART)),
                new Revocations() {
                    @Override
                    public Optional<RevokedCertificate> revokedIn(
                            List<X509Certificate> chain, List<X509Certificate> roots) {
                        asked.add(List.of(chain, roots));
                        return Optional.empty();
                    }

                    @Override
                    public void onChange(Runnable action) {
                        // Nothing changes here.
                    }

                    @Override
                    public void close() {
                        // Holds nothing.
                    }
                },
                known,
                () -> now);
        X509Certificate[] chain = ROOT.intermediate("O=between").chain(stock());
        strict.checkClient(new X509Certificate[] {chain[0], chain[1], ROOT.certificate()});

        assertThat(asked).containsExactly(List.of(List.of(chain), List.of(ROOT.certificate())));
    }

    /** One memory serves all identities of a node, whose roots may differ while a root is replaced. */
    @Test
    void whatOneRootVouchesForIsNothingToAnother() throws CertificateException {
        X509Certificate[] chain = ROOT.chain(stock());
        client(chain);
        var other = new PeerVerification(
                Certificates.root("O=other").workload(SpiffeId.of(CART)), revocations, known, () -> now);

        assertThatThrownBy(() -> other.checkClient(chain)).hasMessageContaining("not trusted");
    }

    @Test
    void aRefusedChainIsNotRemembered() {
        X509Certificate[] chain = Certificates.root("O=root").chain(stock());
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> client(chain)).hasMessageContaining("not trusted");
        }
        assertThat(known.size()).isZero();
    }
}
