package dev.ambit.adapters.netty.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What connections hold counts against their pod and the node until it is written on. */
@Timeout(20)
class RelayBudgetTest {
    private static final int MEBIBYTE = 1 << 20;
    private static final int ORDINARY = 4 * MEBIBYTE;

    private final List<String> strained = new ArrayList<>();
    private final BufferBudget.Node node = new BufferBudget.Node(12L * MEBIBYTE);
    private final BufferBudget budget = new BufferBudget(8L * MEBIBYTE, node, strained::add);
    private final List<String> errors = new ArrayList<>();

    /** Writes when told to. */
    private static final class SlowLeg extends Leg {
        private boolean aborted;

        void arrive(int bytes) {
            received(Unpooled.buffer(bytes).writeZero(bytes));
        }

        void write(int bytes) {
            written(bytes);
        }

        int mayReadAhead() {
            return ahead(ORDINARY);
        }

        @Override
        protected void send(ByteBuf data) {
            data.release();
        }

        @Override
        protected void flush() {}

        @Override
        protected void sendEnd() {}

        @Override
        protected void credit(int bytes) {}

        @Override
        protected void resume() {}

        @Override
        public void abort() {
            aborted = true;
        }

        @Override
        protected void close() {}

        @Override
        protected ByteBufAllocator allocator() {
            return UnpooledByteBufAllocator.DEFAULT;
        }
    }

    private record Joined(SlowLeg fast, SlowLeg slow, Relay relay) {}

    private Joined join(BufferBudget of) {
        var fast = new SlowLeg();
        var slow = new SlowLeg();
        return new Joined(fast, slow, Relay.join(fast, slow, (_, _, error) -> errors.add(error), of));
    }

    @Test
    void whatWaitsCountsUntilItIsWritten() {
        Joined one = join(budget);
        one.fast.arrive(3 * MEBIBYTE);
        assertThat(budget.held()).isEqualTo(3L * MEBIBYTE);
        assertThat(node.held()).isEqualTo(3L * MEBIBYTE);

        one.slow.write(3 * MEBIBYTE);
        assertThat(budget.held()).isZero();
        assertThat(node.held()).isZero();
    }

    @Test
    void whatEndsGivesBackWhatItHeld() {
        Joined one = join(budget);
        one.fast.arrive(3 * MEBIBYTE);

        one.relay.abort();

        assertThat(budget.held()).isZero();
        assertThat(node.held()).isZero();
    }

    @Test
    void smallMessagesAreNotWorthCounting() {
        Joined one = join(budget);
        one.fast.arrive(1_000);

        assertThat(budget.held()).isZero();
        one.slow.write(1_000);
        one.relay.abort();
        assertThat(budget.held()).isZero();
    }

    @Test
    void fromHalfOfTheBudgetOnNobodyReadsFarAhead() {
        Joined greedy = join(budget);
        Joined modest = join(budget);
        assertThat(modest.fast.mayReadAhead()).isEqualTo(ORDINARY);

        greedy.fast.arrive(5 * MEBIBYTE);
        assertThat(modest.fast.mayReadAhead()).isEqualTo(64 << 10);

        greedy.slow.write(2 * MEBIBYTE);
        assertThat(modest.fast.mayReadAhead()).isEqualTo(ORDINARY);
    }

    @Test
    void beyondTheBudgetWhatHoldsMuchAndGetsMoreIsEnded() {
        Joined greedy = join(budget);
        Joined modest = join(budget);
        modest.fast.arrive(20_000);

        greedy.fast.arrive(9 * MEBIBYTE);
        modest.fast.arrive(20_000);

        assertThat(greedy.fast.aborted).isTrue();
        assertThat(greedy.slow.aborted).isTrue();
        assertThat(modest.fast.aborted).isFalse();
        assertThat(errors).singleElement().asString().contains("buffers are full", "AMBIT_WORKLOAD_BUFFERED_BYTES_MAX");
        assertThat(strained).isEqualTo(errors);
        assertThat(budget.held()).isLessThan(MEBIBYTE);
    }

    @Test
    void aNodeThatIsFullEndsWhatItsGreedyPodsHold() {
        var other = new BufferBudget(8L * MEBIBYTE, node, strained::add);
        join(other).fast.arrive(7 * MEBIBYTE);
        Joined here = join(budget);

        here.fast.arrive(6 * MEBIBYTE);

        assertThat(here.fast.aborted).isTrue();
        assertThat(errors).singleElement().asString().contains("AMBIT_NODE_BUFFERED_BYTES_MAX");
    }
}
