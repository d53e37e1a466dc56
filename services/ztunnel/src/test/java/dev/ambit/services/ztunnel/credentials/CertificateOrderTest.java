package dev.ambit.services.ztunnel.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.time.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who comes first when there is more to ask for than may be asked at a time, and what an observer sees of it. */
@Timeout(10)
class CertificateOrderTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final ManualScheduler time = new ManualScheduler();
    private final FakeCertificateSource source = new FakeCertificateSource(time);
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final CertificateKeeper keeper =
            new CertificateKeeper(source, time, new SplittableRandom(1), time, telemetry);

    private static SpiffeId id(String name) {
        return new SpiffeId(TrustDomain.CLUSTER_LOCAL, "shop", name);
    }

    private static Set<SpiffeId> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> id("pod-" + i)).collect(Collectors.toSet());
    }

    private CompletableFuture<WorkloadCertificate> ask(SpiffeId identity) {
        CompletableFuture<WorkloadCertificate> stage =
                keeper.certificate(identity).toCompletableFuture();
        time.runDue();
        return stage;
    }

    /** Answers one request, which makes room for another. */
    private void answer(int request) {
        source.issue(request, Duration.ZERO, HOUR);
        time.runDue();
    }

    private void prefetch(Set<SpiffeId> identities) {
        keeper.keepOnly(identities);
        time.runDue();
    }

    @Test
    void aConnectionGoesBeforeAllThatIsFetchedAhead() {
        prefetch(ids(20));
        var asked = ask(id("urgent"));
        assertThat(source.asked()).hasSize(CertificateKeeper.REQUESTS_MAX).doesNotContain(id("urgent"));

        answer(0);

        assertThat(source.asked().get(CertificateKeeper.REQUESTS_MAX)).isEqualTo(id("urgent"));
        answer(CertificateKeeper.REQUESTS_MAX);
        assertThat(asked).isDone();
    }

    @Test
    void oneThatWaitsIsRaisedWhenAConnectionNeedsIt() {
        prefetch(ids(20));
        SpiffeId last = ids(20).stream()
                .filter(identity -> !source.asked().contains(identity))
                .toList()
                .getLast();

        var _ = ask(last);
        answer(0);

        assertThat(source.asked().getLast()).isEqualTo(last);
        for (int i = 1; i < 20; i++) {
            answer(i);
        }
        assertThat(source.asked()).as("each once").hasSize(20).doesNotHaveDuplicates();
        assertThat(keeper.held()).isEqualTo(20);
    }

    @Test
    void renewalsGoLast() {
        prefetch(Set.of(id("old")));
        answer(0);
        time.advance(Duration.ofMinutes(29));
        for (int i = 0; i < CertificateKeeper.REQUESTS_MAX; i++) {
            var _ = ask(id("busy-" + i));
        }
        time.advance(Duration.ofMinutes(2));
        var _ = ask(id("urgent"));
        assertThat(source.asked()).hasSize(1 + CertificateKeeper.REQUESTS_MAX);

        answer(1);
        assertThat(source.asked().getLast()).isEqualTo(id("urgent"));
        answer(2);
        assertThat(source.asked().getLast()).isEqualTo(id("old"));
    }

    @Test
    void soMuchIsFetchedAheadAndTheRestOnDemand() {
        int many = CertificateKeeper.REQUESTS_MAX + CertificateKeeper.PREFETCHES_MAX + 7;
        prefetch(ids(many));

        assertThat(telemetry.counted(Counter.PREFETCHES_DROPPED)).isEqualTo(7);
        assertThat(keeper.statuses()).hasSize(many - 7);
        SpiffeId dropped = ids(many).stream()
                .filter(identity -> keeper.statuses().stream()
                        .noneMatch(status -> status.identity().equals(identity)))
                .findAny()
                .orElseThrow();
        var _ = ask(dropped);
        answer(0);
        assertThat(source.asked().getLast()).isEqualTo(dropped);
    }

    @Test
    void nothingIsForgottenUnderAWaitingConnection() {
        var asked = ask(id("early"));
        prefetch(Set.of());
        answer(0);
        assertThat(asked).isCompleted();

        prefetch(Set.of());
        assertThat(keeper.statuses()).isEmpty();
        assertThat(time.waiting()).isZero();
    }

    @Test
    void oneThatComesBackWhileItsRequestIsUnderWayIsNotAskedForTwice() {
        prefetch(Set.of(id("flapping")));
        prefetch(Set.of());
        var asked = ask(id("flapping"));
        assertThat(source.requests()).isEqualTo(1);

        answer(0);

        assertThat(asked).isCompleted();
        time.advance(Duration.ofMinutes(30));
        assertThat(source.requests()).as("renewed like any other").isEqualTo(2);
    }

    @Test
    void oneThatWasForgottenBeforeItWasAskedForIsNot() {
        prefetch(ids(20));
        prefetch(Set.copyOf(source.asked()));
        for (int i = 0; i < CertificateKeeper.REQUESTS_MAX; i++) {
            answer(i);
        }
        assertThat(source.requests()).isEqualTo(CertificateKeeper.REQUESTS_MAX);
    }

    @Test
    void aRetryIsNotLaterThanTheEndOfWhatIsHeld() {
        var _ = ask(id("cart"));
        WorkloadCertificate held = source.issue(HOUR);
        time.advance(Duration.ofMinutes(30));
        int asked = source.requests();
        // Failures so many that the pause is minutes; the last retry before the end is at the end.
        while (time.instant().isBefore(held.lifetime().notAfter())) {
            source.fail("away");
            while (source.requests() == asked
                    && time.instant().isBefore(held.lifetime().notAfter())) {
                time.advance(Duration.ofSeconds(1));
            }
            assertThat(source.requests()).as("at " + time.instant()).isEqualTo(asked + 1);
            asked = source.requests();
        }
        assertThat(time.instant()).isEqualTo(held.lifetime().notAfter());
    }

    @Test
    void anExpiredCertificateWithTheAuthorityAwayIsRefusedWithThatReason() {
        var _ = ask(id("cart"));
        WorkloadCertificate held = source.issue(HOUR);
        time.advance(Duration.ofMinutes(30));
        source.fail("cannot reach 15012");
        assertThat(keeper.statuses()).containsExactly(new CertificateStatus.Available(id("cart"), held));

        time.advance(Duration.ofMinutes(31));
        source.fail("cannot reach 15012");

        assertThatThrownBy(ask(id("cart"))::join)
                .hasMessageContaining("expired at " + held.lifetime().notAfter())
                .hasMessageContaining("cannot reach 15012");
        assertThat(keeper.statuses())
                .singleElement()
                .isInstanceOfSatisfying(
                        CertificateStatus.Unavailable.class,
                        status -> assertThat(status.error()).contains("cannot reach 15012"));
        assertThat(keeper.held()).isZero();
    }

    @Test
    void statusesAreInOrder() {
        var _ = ask(id("b"));
        source.fail("no");
        var _ = ask(id("a"));

        assertThat(keeper.statuses())
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo(new CertificateStatus.Initializing(id("a"))),
                        second -> assertThat(second).isInstanceOf(CertificateStatus.Unavailable.class));
    }

    @Test
    void observersSeeEveryCertificate() {
        List<WorkloadCertificate> seen = new ArrayList<>();
        keeper.observe(seen::add);
        var _ = ask(id("cart"));
        WorkloadCertificate first = source.issue(HOUR);
        time.advance(Duration.ofMinutes(30));
        WorkloadCertificate second = source.issue(HOUR);

        assertThat(seen).containsExactly(first, second);
    }

    @Test
    void aFailureOfOneDoesNotHoldUpAnother() {
        var one = ask(id("one"));
        source.fail("no");
        var two = ask(id("two"));
        source.issue(HOUR);

        assertThat(one).isCompletedExceptionally();
        assertThat(two).isCompleted();
    }
}
