package dev.ambit.domain.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChangePacingTest {
    private static final ChangePacing PACING = new ChangePacing(Duration.ofNanos(100), Duration.ofNanos(2_000));

    /** Times at which things are passed on, when changes come at these times. */
    private static List<Long> passed(ChangePacing pacing, List<Long> changes) {
        var passed = new ArrayList<Long>();
        long last = Long.MIN_VALUE / 2;
        long first = 0;
        long due = 0;
        boolean waiting = false;
        for (long now : changes) {
            if (waiting && due <= now) {
                passed.add(due);
                waiting = false;
            }
            if (waiting) {
                due = pacing.dueTogether(first, due, now);
            } else {
                first = now;
                due = pacing.dueAlone(last, now);
                waiting = true;
            }
            last = now;
        }
        if (waiting) {
            passed.add(due);
        }
        return passed;
    }

    @Test
    void aSingleChangeDoesNotWait() {
        assertThat(passed(PACING, List.of(5_000L))).containsExactly(5_000L);
        assertThat(passed(PACING, List.of(5_000L, 5_100L, 9_000L))).containsExactly(5_000L, 5_100L, 9_000L);
    }

    @Test
    void whatFollowsSoonWaitsUntilItIsQuiet() {
        assertThat(passed(PACING, List.of(0L, 10L, 20L, 90L))).containsExactly(0L, 190L);
    }

    @Test
    void aThousandAtOnceTakeTwoPushes() {
        var changes = new ArrayList<Long>();
        for (long i = 0; i < 1_000; i++) {
            changes.add(i);
        }

        assertThat(passed(PACING, changes)).containsExactly(0L, 1_099L);
    }

    @Test
    void whileChangesKeepComingNothingWaitsForever() {
        var changes = new ArrayList<Long>();
        for (long i = 0; i < 10_000; i += 50) {
            changes.add(i);
        }

        assertThat(passed(PACING, changes)).startsWith(0L, 2_050L, 4_050L);
    }

    /** Whatever comes when: everything is passed on, in time, and not more often than once in a quiet time. */
    @Property
    void nothingIsLateAndNothingIsHasty(@ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int count) {
        var random = new Random(seed);
        var changes = new ArrayList<Long>();
        long at = 0;
        for (int i = 0; i < count; i++) {
            at += random.nextBoolean() ? random.nextInt(20) : random.nextInt(400);
            changes.add(at);
        }

        List<Long> passed = passed(PACING, changes);

        for (long change : changes) {
            assertThat(passed).anySatisfy(time -> assertThat(time).isBetween(change, change + 2_100));
        }
        for (int i = 2; i < passed.size(); i++) {
            assertThat(passed.get(i) - passed.get(i - 2)).as("three in a row").isGreaterThanOrEqualTo(100);
        }
    }
}
