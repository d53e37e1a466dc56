package dev.ambit.adapters.netty.socket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SocketBudgetTest {
    private final SocketBudget budget = new SocketBudget(100);
    private final SocketBudget.Share noisy = budget.share();
    private final SocketBudget.Share quiet = budget.share();

    private static int taken(SocketBudget.Share share, int attempts) {
        int taken = 0;
        for (int i = 0; i < attempts; i++) {
            taken += share.take() ? 1 : 0;
        }
        return taken;
    }

    @Test
    void onePodLeavesRoomForAnother() {
        assertThat(taken(quiet, 1)).isEqualTo(1);

        assertThat(taken(noisy, 1_000)).isEqualTo(79);
        assertThat(noisy.exhausted()).contains("80 are open", "79 of them", "100 may be", "AMBIT_SOCKETS_MAX");
        assertThat(taken(quiet, 1_000)).isEqualTo(20);
        assertThat(budget.open()).isEqualTo(100);
    }

    @Test
    void whatIsGivenBackCanBeTakenAgain() {
        assertThat(taken(noisy, 1_000)).isEqualTo(100);
        noisy.release();

        assertThat(noisy.take()).isTrue();
        assertThat(noisy.take()).isFalse();
        assertThat(budget.open()).isEqualTo(100);
    }
}
