package dev.ambit.domain.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ambit.domain.rotation.RootRotation.Step;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RootRotationTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration SETTLE = Duration.ofMinutes(10);
    private static final Duration MARGIN = RootRotation.CLOCK_MARGIN;
    private static final RootId OLD = new RootId("a".repeat(64));
    private static final RootId NEW = new RootId("b".repeat(64));

    private static final RootRotation STEADY = RootRotation.of(OLD, NOW.plus(DAY));
    private static final RootRotation DISTRIBUTING = moved(STEADY.begin(NEW, NOW, SETTLE));
    private static final Instant SWITCH = NOW.plus(DAY).plus(MARGIN);
    private static final RootRotation RETIRING =
            moved(DISTRIBUTING.covering(NOW.plus(DAY.multipliedBy(2)), DAY).advance(SWITCH, SETTLE, true));

    private static RootRotation moved(Step step) {
        return ((Step.Moved) step).next();
    }

    private static String stayed(Step step) {
        return ((Step.Stayed) step).why();
    }

    @Test
    void atFirstBothAreTrustedAndTheOldOneSigns() {
        assertThat(DISTRIBUTING.stage()).isEqualTo(new RotationStage.Distributing(OLD, NEW, NOW, SWITCH));
        assertThat(DISTRIBUTING.stage().trusted()).containsExactly(OLD, NEW);
    }

    @Test
    void theNewOneSignsOnceEveryLeafWithoutItIsGoneAndTheBundleIsEverywhere() {
        assertThat(stayed(DISTRIBUTING.advance(SWITCH.minusNanos(1), SETTLE, true)))
                .contains("live until " + SWITCH);
        assertThat(stayed(DISTRIBUTING.advance(SWITCH, SETTLE, false))).contains("not yet in every trust bundle");
        assertThat(RETIRING.stage().signer()).isEqualTo(NEW);
        assertThat(RETIRING.stage().trusted()).containsExactly(NEW, OLD);
    }

    @Test
    void theOldOneIsForgottenOnceEveryLeafOfItsIsGone() {
        Instant end = NOW.plus(DAY.multipliedBy(2)).plus(Duration.ofHours(1)).plus(MARGIN);

        assertThat(stayed(RETIRING.advance(end.minusNanos(1), SETTLE, true))).contains("live until " + end);
        assertThat(moved(RETIRING.advance(end, SETTLE, true)).stage()).isEqualTo(new RotationStage.Steady(NEW));
    }

    @Test
    void aStageLastsAtLeastAsLongAsTheBundleTakes() {
        RootRotation idle = RootRotation.of(OLD, NOW.minus(DAY));

        assertThat(moved(idle.begin(NEW, NOW, SETTLE)).stage())
                .isEqualTo(new RotationStage.Distributing(
                        OLD, NEW, NOW, NOW.plus(SETTLE).plus(MARGIN)));
    }

    @Test
    void beforeTheNewOneSignsAnAbortIsAtOnce() {
        assertThat(moved(DISTRIBUTING.abort(NOW, SETTLE)).stage()).isEqualTo(new RotationStage.Steady(OLD));
    }

    @Test
    void afterwardsTheTwoChangeTheirParts() {
        RootRotation back = moved(RETIRING.abort(SWITCH.plus(SETTLE), SETTLE));

        assertThat(back.stage().signer()).isEqualTo(OLD);
        assertThat(back.stage().trusted()).containsExactly(OLD, NEW);
        assertThat(stayed(back.advance(RETIRING.horizon(), SETTLE, true))).contains("live until");
        assertThat(moved(back.advance(RETIRING.horizon().plus(MARGIN), SETTLE, true))
                        .stage())
                .isEqualTo(new RotationStage.Steady(OLD));
    }

    @Test
    void thereIsOneRotationAtATime() {
        RootId third = new RootId("c".repeat(64));

        assertThat(stayed(DISTRIBUTING.begin(third, NOW, SETTLE))).contains("finish or abort");
        assertThat(stayed(RETIRING.begin(third, NOW, SETTLE))).contains("finish or abort");
        assertThat(stayed(STEADY.begin(OLD, NOW, SETTLE))).contains("signs already");
        assertThat(stayed(STEADY.advance(NOW, SETTLE, true))).contains("no rotation");
        assertThat(stayed(STEADY.abort(NOW, SETTLE))).contains("no rotation");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RotationStage.Retiring(OLD, OLD, NOW, NOW))
                .withMessageContaining("two roots");
    }

    @Test
    void theHorizonOnlyGrowsAndHasRoomToSpare() {
        Instant end = NOW.plus(DAY);
        RootRotation short8 = STEADY.covering(end.plusSeconds(8), Duration.ofSeconds(8));

        assertThat(STEADY.covers(end)).isTrue();
        assertThat(STEADY.covers(end.plusNanos(1))).isFalse();
        assertThat(short8.horizon()).isEqualTo(end.plusSeconds(9));
        assertThat(short8.covering(end, DAY)).isEqualTo(short8.covering(end, DAY));
        assertThat(short8.covering(NOW, Duration.ofSeconds(8))).isSameAs(short8);
        assertThat(STEADY.covering(end.plus(DAY), DAY.multipliedBy(90)).horizon())
                .isEqualTo(end.plus(DAY).plus(Duration.ofHours(1)));
    }

    @Test
    void aRootIsNamedByItsFingerprint() {
        assertThat(OLD).hasToString("a".repeat(12));
        assertThatIllegalArgumentException().isThrownBy(() -> new RootId("A".repeat(64)));
    }
}
