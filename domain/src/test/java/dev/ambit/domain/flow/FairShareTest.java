package dev.ambit.domain.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ambit.domain.flow.FairShare.Limit;
import dev.ambit.domain.workload.PodRef;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class FairShareTest {
    private static final FairShare SHARE = new FairShare(500, 10, 1_000, 100);

    /** The node has 1000 places, of which 200 are for those that hold less than an equal share. */
    @ParameterizedTest(name = "{0} held, {1} by the node, {2} workloads")
    @CsvSource({
        "0, 0, 1, ",
        "499, 499, 1, ",
        "500, 500, 1, WORKLOAD_CONNECTIONS",
        "500, 1000, 1, WORKLOAD_CONNECTIONS",
        "300, 799, 4, ",
        "300, 800, 4, NODE_CONNECTIONS",
        "249, 800, 4, ",
        "249, 999, 4, ",
        "249, 1000, 4, NODE_CONNECTIONS",
        "0, 999, 4, ",
        "0, 1000, 0, NODE_CONNECTIONS"
    })
    void admits(int held, int heldByNode, int workloads, Limit limit) {
        assertThat(SHARE.exceeded(held, heldByNode, workloads)).isEqualTo(Optional.ofNullable(limit));
    }

    @Test
    void aLimitThatMakesNoSenseNamesItsVariable() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FairShare(0, 1, 1, 1))
                .withMessageContaining("AMBIT_WORKLOAD_CONNECTIONS_MAX is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FairShare(1, 1, 1, -1))
                .withMessageContaining("AMBIT_NODE_CONNECTION_RATE is -1");
    }

    @Test
    void theReasonNamesWhoWhatAndTheWayOut() {
        var reason = new RefusalReason.LimitReached(
                new PodRef("u", "shop", "cart", "cart"), Limit.WORKLOAD_RATE, SHARE.of(Limit.WORKLOAD_RATE));

        assertThat(reason.message()).contains("shop/cart", "per second", "AMBIT_WORKLOAD_CONNECTION_RATE", "10");
        assertThat(reason.hboneStatus()).isEqualTo(503);
    }
}
