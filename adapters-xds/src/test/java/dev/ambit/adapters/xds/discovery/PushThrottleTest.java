package dev.ambit.adapters.xds.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PushThrottleTest {
    private final List<String> granted = new ArrayList<>();

    private static void never() {
        throw new AssertionError("was not in line");
    }

    @Test
    void soManyAtATimeAndTheOthersInTheirOrder() {
        var throttle = new PushThrottle(2, 1_000);
        assertThat(throttle.enter(10, PushThrottleTest::never)).isTrue();
        assertThat(throttle.enter(10, PushThrottleTest::never)).isTrue();
        assertThat(throttle.enter(10, () -> granted.add("first"))).isFalse();
        assertThat(throttle.enter(10, () -> granted.add("second"))).isFalse();

        throttle.leave(10);

        assertThat(granted).containsExactly("first");
        throttle.leave(10);
        assertThat(granted).containsExactly("first", "second");
    }

    @Test
    void soManyBytesAtATimeButOneOfAnySize() {
        var throttle = new PushThrottle(10, 100);
        assertThat(throttle.enter(5_000, PushThrottleTest::never)).isTrue();
        assertThat(throttle.enter(60, () -> granted.add("60"))).isFalse();
        assertThat(throttle.enter(60, () -> granted.add("another 60"))).isFalse();
        assertThat(throttle.enter(10, () -> granted.add("10"))).isFalse();

        throttle.leave(5_000);

        assertThat(granted).as("nobody overtakes").containsExactly("60");
        throttle.leave(60);
        assertThat(granted).containsExactly("60", "another 60", "10");
    }

    @Test
    void onesThatStallKeepNobodyWaitingButTheirBytesCount() {
        var throttle = new PushThrottle(1, 100);
        assertThat(throttle.enter(60, PushThrottleTest::never)).isTrue();
        assertThat(throttle.enter(30, () -> granted.add("30"))).isFalse();
        assertThat(throttle.enter(60, () -> granted.add("60"))).isFalse();

        throttle.stall();

        assertThat(granted).containsExactly("30");
        throttle.leave(30);
        assertThat(granted).containsExactly("30");
        throttle.leaveStalled(60);
        assertThat(granted).containsExactly("30", "60");
    }

    @Test
    void aPlaceThatIsGivenUpWhileInLineGoesToTheNext() {
        var throttle = new PushThrottle(1, 1 << 30);
        var large = 1L << 20;
        var holder = new PushPlace(throttle, 10, PushThrottleTest::never);
        var gone = new PushPlace(throttle, 10, () -> granted.add("gone"));
        var next = new PushPlace(throttle, 10, () -> granted.add("next"));
        assertThat(holder.mayPush(large, 0)).isTrue();
        assertThat(gone.mayPush(large, 0)).isFalse();
        assertThat(next.mayPush(large, 0)).isFalse();
        gone.giveUp();

        holder.through();

        assertThat(granted).containsExactly("next");
        assertThat(next.mayPush(large, 1)).isTrue();
    }

    @Test
    void whoTakesTooLongStalls() {
        var throttle = new PushThrottle(1, 1 << 30);
        var slow = new PushPlace(throttle, 10, PushThrottleTest::never);
        var next = new PushPlace(throttle, 10, () -> granted.add("next"));
        assertThat(slow.mayPush(1 << 20, 0)).isTrue();
        assertThat(next.mayPush(1 << 20, 0)).isFalse();

        slow.look(10);
        assertThat(granted).isEmpty();
        slow.look(11);

        assertThat(granted).containsExactly("next");
        assertThat(slow.mayPush(1 << 20, 12))
                .as("before the network has taken it")
                .isFalse();
        slow.through();
        next.through();
        assertThat(slow.mayPush(1 << 20, 13)).isTrue();
    }

    @Test
    void smallPushesNeedNoPlace() {
        var throttle = new PushThrottle(1, 1);
        assertThat(new PushPlace(throttle, 10, PushThrottleTest::never).mayPush(1 << 20, 0))
                .isTrue();

        assertThat(new PushPlace(throttle, 10, PushThrottleTest::never).mayPush(1_000, 0))
                .isTrue();
    }
}
