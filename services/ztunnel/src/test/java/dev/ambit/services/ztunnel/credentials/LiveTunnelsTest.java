package dev.ambit.services.ztunnel.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.credentials.FakeRevocations;
import dev.ambit.ports.credentials.RevokedCertificate;
import dev.ambit.ports.credentials.TestPki;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.time.ManualScheduler;
import dev.ambit.ports.transport.TunnelWatch.LiveTunnel;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class LiveTunnelsTest {
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final SpiffeId STOCK = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/stock");
    private static final PodRef POD = new PodRef("uid", "shop", "cart-1", "cart");

    private final TestPki pki = new TestPki();
    private final ManualScheduler time = new ManualScheduler();
    private final FakeRevocations revocations = new FakeRevocations();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final LiveTunnels tunnels = new LiveTunnels(revocations, time, telemetry);
    private final WorkloadCertificate own = pki.issue(CART);

    /** Remembers what is done to it. */
    private record Tunnel(
            Reporter reporter,
            WorkloadCertificate own,
            List<X509Certificate> peerChain,
            List<RefusalReason> ended,
            List<String> drained)
            implements LiveTunnel {
        @Override
        public PodRef pod() {
            return POD;
        }

        @Override
        public IpPort peer() {
            return new IpPort(IpAddress.of(InetAddress.ofLiteral("10.0.0.1")), 15_008);
        }

        @Override
        public void end(RefusalReason reason) {
            ended.add(reason);
        }

        @Override
        public void drain() {
            drained.add("drained");
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private Tunnel open(Reporter reporter, WorkloadCertificate mine, WorkloadCertificate peer) {
        var tunnel = new Tunnel(reporter, mine, peer.chain(), new ArrayList<>(), new ArrayList<>());
        tunnels.opened(tunnel);
        return tunnel;
    }

    @Test
    void revocationEndsTheTunnelsThatItConcernsAndNoOthers() {
        WorkloadCertificate bad = pki.issue(STOCK);
        Tunnel dialled = open(Reporter.SOURCE, own, bad);
        Tunnel accepted = open(Reporter.DESTINATION, own, bad);
        Tunnel other = open(Reporter.DESTINATION, own, pki.issue(STOCK));

        revocations.revoke(bad.leaf());
        revocations.revoke(pki.issue(CART).leaf());
        time.runDue();

        for (Tunnel ended : List.of(dialled, accepted)) {
            assertThat(ended.ended())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            RefusalReason.CertificateRevoked.class,
                            reason -> assertThat(reason.message())
                                    .contains(bad.leaf().getSerialNumber().toString(16)));
        }
        assertThat(other.ended()).isEmpty();
        assertThat(telemetry.counted(Counter.CRL_REJECTIONS, "source")).isEqualTo(1);
        assertThat(telemetry.counted(Counter.CRL_REJECTIONS, "destination")).isEqualTo(1);
    }

    @Test
    void aRevokedAuthorityEndsAllBelowIt() {
        TestPki between = pki.intermediate();
        Tunnel below = open(Reporter.SOURCE, own, between.issue(STOCK));
        Tunnel beside = open(Reporter.SOURCE, own, pki.issue(STOCK));

        revocations.revoke(between.certificate());
        time.runDue();

        assertThat(below.ended()).hasSize(1);
        assertThat(beside.ended()).isEmpty();
    }

    @Test
    void aListThatComesBetweenHandshakeAndTunnelIsNotMissed() {
        WorkloadCertificate bad = pki.issue(STOCK);
        revocations.revoke(bad.leaf());

        Tunnel tunnel = open(Reporter.DESTINATION, own, bad);
        time.runDue();

        assertThat(tunnel.ended()).hasSize(1);
    }

    @Test
    void manyEndAtABoundedRate() {
        WorkloadCertificate bad = pki.issue(STOCK);
        List<Tunnel> all = new ArrayList<>();
        for (int i = 0; i < 3 * LiveTunnels.HANDLED_PER_TURN; i++) {
            all.add(open(Reporter.DESTINATION, own, bad));
        }

        revocations.revoke(bad.leaf());
        time.runDue();
        assertThat(all.stream().filter(tunnel -> !tunnel.ended().isEmpty())).hasSize(LiveTunnels.HANDLED_PER_TURN);

        time.advance(LiveTunnels.TURN.multipliedBy(2));
        assertThat(all).allSatisfy(tunnel -> assertThat(tunnel.ended()).hasSize(1));
    }

    @Test
    void oneThatIsGoneIsLeftAlone() {
        WorkloadCertificate bad = pki.issue(STOCK);
        Tunnel tunnel = open(Reporter.DESTINATION, own, bad);

        revocations.revoke(bad.leaf());
        tunnels.closed(tunnel);
        time.runDue();

        assertThat(tunnel.ended()).isEmpty();
        assertThat(tunnels.count()).isZero();
        assertThat(telemetry.counted(Counter.CRL_REJECTIONS, "destination")).isZero();
    }

    @Test
    void refusedHandshakesAndUnknownChainsAreCounted() {
        tunnels.refused(Reporter.SOURCE, new RevokedCertificate("cart", "1", "O=test"));
        tunnels.opened(new Tunnel(Reporter.DESTINATION, own, List.of(), new ArrayList<>(), new ArrayList<>()));

        assertThat(telemetry.counted(Counter.CRL_REJECTIONS, "source")).isEqualTo(1);
        assertThat(telemetry.counted(Counter.CRL_UNTRACKED, "destination")).isEqualTo(1);
    }

    // Roots and identities.

    private static WorkloadCertificate trusting(WorkloadCertificate certificate, X509Certificate... roots) {
        return new WorkloadCertificate(certificate.identity(), certificate.key(), certificate.chain(), List.of(roots));
    }

    @Test
    void renewalUnderTheSameRootChangesNothing() {
        Tunnel tunnel = open(Reporter.SOURCE, own, pki.issue(STOCK));

        tunnels.renewed(pki.issue(CART));
        time.advance(LiveTunnels.DRAIN_MAX.multipliedBy(2));

        assertThat(tunnel.drained()).isEmpty();
        assertThat(tunnel.ended()).isEmpty();
    }

    @Test
    void aRootMoreChangesNothingAndARootLessReplacesWhatRestsOnIt() {
        var next = new TestPki("O=next");
        WorkloadCertificate both = trusting(pki.issue(CART), pki.certificate(), next.certificate());
        Tunnel onOld = open(Reporter.SOURCE, own, pki.issue(STOCK));
        Tunnel peerOnOld = open(
                Reporter.DESTINATION,
                trusting(next.issue(CART), pki.certificate(), next.certificate()),
                pki.issue(STOCK));
        Tunnel onNew = open(
                Reporter.SOURCE, trusting(next.issue(CART), pki.certificate(), next.certificate()), next.issue(STOCK));
        Tunnel another = open(Reporter.SOURCE, pki.issue(STOCK), pki.issue(CART));

        tunnels.renewed(both);
        time.runDue();
        assertThat(List.of(onOld, peerOnOld, onNew))
                .allSatisfy(tunnel -> assertThat(tunnel.drained()).isEmpty());

        tunnels.renewed(next.issue(CART));
        tunnels.renewed(next.issue(CART));
        time.runDue();

        assertThat(onOld.drained()).hasSize(1);
        assertThat(peerOnOld.drained()).hasSize(1);
        assertThat(onNew.drained()).isEmpty();
        assertThat(another.drained()).as("another identity's").isEmpty();
        assertThat(telemetry.counted(Counter.TUNNELS_REPLACED, "source", "root"))
                .isEqualTo(1);
    }

    @Test
    void aRootOfTheSameNameAndAnotherKeyIsAnother() {
        Tunnel tunnel = open(Reporter.SOURCE, own, pki.issue(STOCK));

        tunnels.renewed(new TestPki().issue(CART));
        time.runDue();

        assertThat(tunnel.drained()).hasSize(1);
    }

    @Test
    void aDrainedTunnelIsEndedIfItLivesOn() {
        Tunnel lives = open(Reporter.SOURCE, own, pki.issue(STOCK));
        Tunnel ends = open(Reporter.SOURCE, own, pki.issue(STOCK));
        tunnels.renewed(new TestPki().issue(CART));
        time.advance(LiveTunnels.DRAIN_MAX.minus(Duration.ofSeconds(1)));
        assertThat(lives.ended()).isEmpty();
        tunnels.closed(ends);

        time.advance(Duration.ofSeconds(2));

        assertThat(lives.ended()).singleElement().isInstanceOf(RefusalReason.TrustChanged.class);
        assertThat(ends.ended()).isEmpty();
    }

    @Test
    void revocationDoesNotWaitForADrain() {
        WorkloadCertificate bad = pki.issue(STOCK);
        Tunnel tunnel = open(Reporter.SOURCE, own, bad);
        tunnels.renewed(new TestPki().issue(CART));
        time.runDue();

        revocations.revoke(bad.leaf());
        time.runDue();

        assertThat(tunnel.ended()).singleElement().isInstanceOf(RefusalReason.CertificateRevoked.class);
    }

    @Test
    void aPodThatBecomesSomebodyElseGetsNewTunnels() {
        Tunnel tunnel = open(Reporter.DESTINATION, own, pki.issue(STOCK));

        tunnels.identitiesAre(_ -> Optional.of(CART));
        tunnels.identitiesAre(_ -> Optional.empty());
        time.runDue();
        assertThat(tunnel.drained()).as("the same, or not known").isEmpty();

        tunnels.identitiesAre(_ -> Optional.of(SpiffeId.of("spiffe://new.example/ns/shop/sa/cart")));
        time.runDue();
        assertThat(tunnel.drained()).hasSize(1);
        assertThat(telemetry.counted(Counter.TUNNELS_REPLACED, "destination", "identity"))
                .isEqualTo(1);
    }
}
