package dev.ambit.domain.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TunnelWindowsTest {
    static final int SIZE = 1 << 20;

    @Test
    void opensFromWhatEveryConnectionStartsWith() {
        assertThat(new TunnelWindows(16 << 20).opening()).isEqualTo(16_711_681);
        assertThat(new TunnelWindows(100).opening()).isZero();
    }

    @Test
    void sendWindowMayGrowToItsLimitAndNoFurther() {
        var windows = new TunnelWindows(SIZE);
        assertThat(windows.grow(Integer.MAX_VALUE - 65_535)).isTrue();
        assertThat(windows.sendable()).isEqualTo(Integer.MAX_VALUE);
        assertThat(windows.grow(1)).isFalse();
    }

    @Test
    void peerMayUseUpItsWindowAndNoMore() {
        var windows = new TunnelWindows(SIZE);
        assertThat(windows.receive(SIZE)).isTrue();
        assertThat(windows.receive(1)).isFalse();
    }

    /** An honest peer, with any of what it sent written on or not, is never refused and never waits without cause. */
    @Property
    void honestPeerIsNeverOverrunNorStuck(
            @ForAll List<@IntRange(max = SIZE) Integer> sends, @ForAll List<@IntRange(max = SIZE) Integer> writes) {
        var windows = new TunnelWindows(SIZE);
        long mayStillSend = SIZE;
        long unwritten = 0;
        for (int i = 0; i < sends.size(); i++) {
            int bytes = (int) Math.min(sends.get(i), mayStillSend);
            assertThat(windows.receive(bytes)).isTrue();
            windows.hold(bytes);
            mayStillSend -= bytes;
            unwritten += bytes;
            if (i < writes.size()) {
                int written = (int) Math.min(writes.get(i), unwritten);
                windows.written(written);
                unwritten -= written;
            }
            int granted = windows.replenish();
            assertThat(granted).isNotNegative();
            mayStillSend += granted;
            assertThat(mayStillSend).isBetween(0L, (long) SIZE);
            assertThat(unwritten).as("bound on memory").isLessThanOrEqualTo(4L * SIZE);
            if (unwritten <= 3L * SIZE) {
                assertThat(mayStillSend).as("no reason to wait").isGreaterThan(SIZE / 2 - 1);
            }
        }
    }
}
