package dev.ambit.services.ztunnel.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.CredentialsException;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.time.ManualScheduler;
import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class CertificateKeeperTest {
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final SpiffeId BANK = SpiffeId.of("spiffe://cluster.local/ns/money/sa/bank");
    private static final Duration HOUR = Duration.ofHours(1);

    /** Longer than the first pause after a failure, shorter than the second. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(1300);

    private final ManualScheduler time = new ManualScheduler();
    private final FakeCertificateSource source = new FakeCertificateSource(time);
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final CertificateKeeper keeper =
            new CertificateKeeper(source, time, new SplittableRandom(1), time, telemetry);

    private CompletableFuture<WorkloadCertificate> ask(SpiffeId identity) {
        CompletableFuture<WorkloadCertificate> stage =
                keeper.certificate(identity).toCompletableFuture();
        time.runDue();
        return stage;
    }

    @Test
    void oneRequestServesAllWhoAsk() {
        var first = keeper.certificate(CART).toCompletableFuture();
        var second = keeper.certificate(CART).toCompletableFuture();
        var third = ask(CART);
        assertThat(source.requests()).isEqualTo(1);

        WorkloadCertificate issued = source.issue(HOUR);

        assertThat(first).isCompletedWithValue(issued);
        assertThat(second).isCompletedWithValue(issued);
        assertThat(third).isCompletedWithValue(issued);
        assertThat(ask(CART)).isCompletedWithValue(issued);
        assertThat(source.requests()).isEqualTo(1);
        assertThat(keeper.held()).isEqualTo(1);
        assertThat(telemetry.counted(Counter.CERTIFICATE_REQUESTS, "issued")).isEqualTo(1);
    }

    @Test
    void renewsAtHalfOfTheLife() {
        var _ = ask(CART);
        WorkloadCertificate first = source.issue(HOUR);

        time.advance(Duration.ofMinutes(30).minusSeconds(1));
        assertThat(source.requests()).isEqualTo(1);
        time.advance(Duration.ofSeconds(1));
        assertThat(source.requests()).isEqualTo(2);
        assertThat(ask(CART)).as("while the renewal is under way").isCompletedWithValue(first);

        WorkloadCertificate second = source.issue(HOUR);

        assertThat(ask(CART)).isCompletedWithValue(second);
        time.advance(Duration.ofMinutes(30));
        assertThat(source.requests())
                .as("renewed again, at half of the new one's life")
                .isEqualTo(3);
    }

    @Test
    void keepsTheOldOneUntilItsEndWhileTheAuthorityIsAway() {
        var _ = ask(CART);
        WorkloadCertificate held = source.issue(HOUR);
        time.advance(Duration.ofMinutes(30));
        source.fail("authority is away");

        assertThat(ask(CART)).isCompletedWithValue(held);
        time.advance(FIRST_PAUSE);
        assertThat(source.requests()).as("asks again").isEqualTo(3);
        source.fail("authority is still away");
        assertThat(ask(CART)).isCompletedWithValue(held);

        while (time.instant().isBefore(held.lifetime().notAfter())) {
            int asked = source.requests();
            time.advance(Duration.ofSeconds(10));
            if (source.requests() > asked) {
                source.fail("authority is still away");
            }
        }

        assertThat(keeper.held()).isZero();
        assertThat(ask(CART)).isCompletedExceptionally();
        assertThat(source.requests()).as("back-off, not a storm").isBetween(10, 40);
    }

    @Test
    void callersHearOfFailureAtOnceWithTheReason() {
        var waiting = ask(CART);
        source.fail("cannot reach 15012");

        assertThatThrownBy(waiting::join)
                .hasCauseInstanceOf(CredentialsException.class)
                .hasMessageContaining("cannot reach 15012")
                .hasMessageContaining(CART.toString());
        assertThatThrownBy(ask(CART)::join).hasMessageContaining("cannot reach 15012");
        assertThat(source.requests()).as("callers do not hurry the back-off").isEqualTo(1);
        assertThat(telemetry.counted(Counter.CERTIFICATE_REQUESTS, "failed")).isEqualTo(1);

        time.advance(FIRST_PAUSE);
        assertThat(source.requests()).isEqualTo(2);
        var early = ask(CART);
        assertThat(early).as("waits for the request under way").isNotDone();
        WorkloadCertificate issued = source.issue(HOUR);
        assertThat(early).isCompletedWithValue(issued);
    }

    @Test
    void asksForEightAtATime() {
        for (int i = 0; i < 20; i++) {
            var _ = keeper.certificate(new SpiffeId(CART.trustDomain(), "shop", "pod-" + i));
        }
        time.advance(Duration.ofSeconds(1));
        assertThat(source.requests()).isEqualTo(8);

        source.issue(0, Duration.ZERO, HOUR);
        source.issue(1, Duration.ZERO, HOUR);
        time.advance(Duration.ofMillis(100));

        assertThat(source.requests()).isEqualTo(10);
    }

    @Test
    void aSourceThatThrowsLosesNeitherCallersNorPermits() {
        source.throwFromNowOn();
        for (int i = 0; i < 20; i++) {
            var asked = ask(new SpiffeId(CART.trustDomain(), "shop", "pod-" + i));

            assertThatThrownBy(asked::join).hasMessageContaining("the source is broken");
        }
        assertThat(source.requests()).isEqualTo(20);
    }

    @Test
    void fetchesAheadAndForgets() {
        keeper.keepOnly(Set.of(CART, BANK));
        time.runDue();
        assertThat(source.requests()).isEqualTo(2);
        source.issue(0, Duration.ZERO, HOUR);
        source.issue(1, Duration.ZERO, HOUR);
        keeper.keepOnly(Set.of(CART, BANK));
        time.runDue();
        assertThat(source.requests()).as("nothing is missing").isEqualTo(2);

        keeper.keepOnly(Set.of(BANK));

        assertThat(keeper.held()).isEqualTo(1);
        assertThat(time.waiting()).as("only the bank's renewal").isEqualTo(1);
        time.advance(HOUR);
        assertThat(source.requests()).as("only the bank's was renewed").isEqualTo(3);
    }

    @Test
    void whatIsForgottenIsNotRenewedEvenIfItWasUnderWay() {
        keeper.keepOnly(Set.of(CART));
        time.runDue();
        keeper.keepOnly(Set.of());
        source.issue(HOUR);

        assertThat(time.waiting()).isZero();
        assertThat(keeper.held()).isZero();
    }

    @Test
    void aShortLifeDoesNotMeanASpin() {
        var _ = ask(CART);
        source.issue(Duration.ofSeconds(1));

        for (int tick = 0; tick < 100; tick++) {
            int before = source.requests();
            time.advance(Duration.ofMillis(100));
            var _ = ask(CART);
            if (source.requests() > before) {
                source.issue(Duration.ofSeconds(1));
            }
            assertThat(time.waiting()).as("one renewal at a time").isLessThanOrEqualTo(1);
        }

        assertThat(source.requests()).as("in ten seconds").isBetween(9, 22);
    }

    @Test
    void aCertificateThatIsNotValidNowIsNotTaken() {
        var asked = ask(CART);
        source.issue(0, Duration.ofMinutes(5), HOUR);

        assertThatThrownBy(asked::join).hasMessageContaining("check this node's clock");
        assertThat(keeper.held()).isZero();
        var _ = ask(CART);
        assertThat(source.requests()).as("back-off").isEqualTo(1);
    }

    @Test
    void whenThisProxyShutsDownCallersHearIt() {
        time.shutdown();

        assertThatThrownBy(keeper.certificate(CART).toCompletableFuture()::join)
                .hasCauseInstanceOf(CredentialsException.class)
                .hasMessageContaining("shuts down");
    }

    @Test
    void anAnswerAfterShutdownStillReachesItsCallers() {
        var asked = ask(CART);
        time.shutdown();
        WorkloadCertificate issued = source.issue(HOUR);

        assertThat(asked).isCompletedWithValue(issued);
    }
}
