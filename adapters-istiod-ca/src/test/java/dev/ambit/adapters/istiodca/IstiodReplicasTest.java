package dev.ambit.adapters.istiodca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.rotation.RootRotation.Step;
import dev.ambit.domain.rotation.RotationStage;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.FakeRootStorage;
import dev.ambit.ports.ca.SigningRequests;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several control planes on one storage, and others who write there. */
@Timeout(30)
final class IstiodReplicasTest {
    private static final SpiffeId IDENTITY = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final IstiodCaOptions OPTIONS = IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL);
    private static final Duration DAY = Duration.ofDays(1);

    private final FakeRootStorage storage = new FakeRootStorage();
    private Instant now = TestCa.NOW;

    private IstiodCertificateAuthority open() {
        return IstiodCertificateAuthority.open(storage, OPTIONS, () -> now);
    }

    private static SigningResult.Signed sign(IstiodCertificateAuthority authority, Duration life) {
        return (SigningResult.Signed)
                authority.sign(SigningRequests.ec("secp256r1").forIdentity(IDENTITY, life));
    }

    @Test
    void replicasShareOneRootAndOneRotation() {
        var one = open();
        var other = open();
        assertThat(other.trustBundle()).isEqualTo(one.trustBundle());

        assertThat(one.rotate()).isInstanceOf(Step.Moved.class);
        assertThat(other.rotate()).isInstanceOf(Step.Stayed.class);

        assertThat(other.trustBundle()).isEqualTo(one.trustBundle());
        assertThat(other.status()).isEqualTo(one.status());
    }

    @Test
    void aReplicaThatHasNotHeardOfTheStageHearsOfItBeforeItSignsForLonger() {
        var one = open();
        var late = open();
        sign(late, DAY);
        one.rotate();

        var signed = sign(late, DAY.multipliedBy(2));

        assertThat(signed.rootsPem()).isEqualTo(one.trustBundle().rootsPem());
        assertThat(one.status().rotation().stage())
                .isInstanceOfSatisfying(
                        RotationStage.Distributing.class,
                        stage -> assertThat(stage.until()).isAfter(now.plus(DAY)));
    }

    @Test
    void fewLeavesCostAWrite() {
        var authority = open();
        int before = storage.writes();
        for (int i = 0; i < 500; i++) {
            sign(authority, DAY);
            now = now.plusSeconds(5);
        }
        assertThat(storage.writes() - before).isLessThanOrEqualTo(1);
    }

    @Test
    void aRotationSurvivesARestart() {
        var before = open();
        sign(before, DAY);
        before.rotate();
        var status = before.status();

        var after = open();

        assertThat(after.status()).isEqualTo(status);
        now = now.plus(DAY.multipliedBy(2));
        after.tend(_ -> true);
        assertThat(open().status().rotation().stage()).isInstanceOf(RotationStage.Retiring.class);
        assertThat(open().trustBundle()).isEqualTo(after.trustBundle());
    }

    @Test
    void aRootThatNobodyTrustsYetIsNotTakenUp() {
        var authority = open();
        String roots = authority.trustBundle().rootsPem();
        var foreign = new HashMap<String, String>();
        var another = new FakeRootStorage();
        IstiodCertificateAuthority.open(another, OPTIONS, () -> now);
        foreign.putAll(another.load().orElseThrow().documents());
        storage.put(foreign);

        assertThatThrownBy(() -> authority.tend(_ -> true))
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContaining("nobody trusts yet");
        assertThat(authority.trustBundle().rootsPem()).isEqualTo(roots);
        assertThat(open().trustBundle().rootsPem()).as("a restart cuts over").isNotEqualTo(roots);
    }

    @Test
    void aRootThatIsGoneIsNotMadeAnew() {
        var authority = open();
        storage.put(Map.of());

        assertThatThrownBy(() -> authority.tend(_ -> true)).isInstanceOf(CertificateAuthorityException.class);
    }

    @Test
    void istiodRenewingItsRootWithTheSameKeyChangesNothingForAnybody() throws Exception {
        var keys = SigningKey.generateP256();
        TestCa first = TestCa.root("mesh", keys);
        TestCa renewed = TestCa.root("mesh", keys);
        storage.put(Map.of("ca-cert.pem", first.pem(), "ca-key.pem", first.keyPem()));
        var authority = open();
        var signed = sign(authority, DAY);
        storage.put(Map.of("ca-cert.pem", renewed.pem(), "ca-key.pem", renewed.keyPem()));

        authority.tend(_ -> true);

        assertThat(authority.trustBundle().rootsPem()).isEqualTo(renewed.pem());
        assertThat(signed.rootsPem()).isEqualTo(first.pem());
    }

    @Test
    void whatIstiodKeepsThereStays() {
        storage.put(Map.of("something-else.pem", "x"));
        open();

        assertThat(storage.load().orElseThrow().documents())
                .containsEntry("something-else.pem", "x")
                .containsEntry("root-cert.pem", "")
                .containsKeys("ca-cert.pem", "ca-key.pem", "cert-chain.pem", "key.pem");
    }

    @Test
    void theOldKeyIsGoneWhenTheRotationIsOver() {
        var authority = open();
        String oldKey = storage.load().orElseThrow().documents().get("ca-key.pem");
        authority.rotate();
        for (int i = 0; i < 2; i++) {
            now = now.plus(DAY);
            authority.tend(_ -> true);
        }

        var documents = storage.load().orElseThrow().documents();
        assertThat(authority.status().rotation().stage()).isInstanceOf(RotationStage.Steady.class);
        assertThat(documents.values()).doesNotContain(oldKey);
        assertThat(documents).doesNotContainKey("ambit-other-key.pem");
    }

    @Test
    void aRootOfWhichAFifthIsLeftIsReplacedUnasked() {
        var authority = open();
        now = now.plus(DAY.multipliedBy(2919));
        assertThat(authority.tend(_ -> true)).isInstanceOf(Step.Stayed.class);
        now = now.plus(DAY.multipliedBy(2));

        assertThat(authority.tend(_ -> true)).isInstanceOf(Step.Moved.class);
        assertThat(authority.status().rotation().stage()).isInstanceOf(RotationStage.Distributing.class);
    }
}
