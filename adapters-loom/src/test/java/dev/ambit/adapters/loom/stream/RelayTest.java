package dev.ambit.adapters.loom.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.flow.BufferShare;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RelayTest {
    private static final int LARGE = 8 << 10;

    private final BufferBudget budget = new BufferBudget(new BufferShare(1 << 20, 1 << 20), new AtomicLong(), _ -> {});

    /** An end that says what it was given to say, and remembers what it was told. */
    private static class Scripted implements Duplex {
        private final Deque<byte[]> says = new ArrayDeque<>();
        private final CountDownLatch end = new CountDownLatch(1);
        private long heard;
        private int largest;
        private boolean ended;
        private volatile boolean aborted;
        private volatile boolean closed;

        @Override
        public int read(ByteBuffer into) throws IOException {
            largest = Math.max(largest, into.remaining());
            byte[] next = says.peek();
            if (next == null) {
                awaitEnd();
                return -1;
            }
            says.remove();
            int count = Math.min(next.length, into.remaining());
            into.put(next, 0, count);
            if (count < next.length) {
                says.addFirst(java.util.Arrays.copyOfRange(next, count, next.length));
            }
            return count;
        }

        private void awaitEnd() throws IOException {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (aborted) {
                throw new java.nio.channels.AsynchronousCloseException();
            }
        }

        @Override
        public int available() {
            return says.isEmpty() ? 0 : says.peek().length;
        }

        @Override
        public void write(ByteBuffer from) throws IOException {
            heard += from.remaining();
            from.position(from.limit());
        }

        @Override
        public void shutdownOutput() {
            ended = true;
        }

        @Override
        public void abort() {
            aborted = true;
            end.countDown();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void eachDirectionEndsByItselfAndThenBothAreClosed() {
        var caller = new Scripted();
        var application = new Scripted();
        caller.says.add(new byte[100]);
        application.says.add(new byte[7]);
        caller.end.countDown();
        application.end.countDown();
        var relay = new Relay(caller, application, budget, new BufferPool(LARGE, 2));

        assertThat(relay.carry()).isEmpty();

        assertThat(relay.received()).isEqualTo(100).isEqualTo(application.heard);
        assertThat(relay.sent()).isEqualTo(7).isEqualTo(caller.heard);
        assertThat(caller.ended && application.ended).isTrue();
        assertThat(caller.closed && application.closed).isTrue();
        assertThat(caller.aborted || application.aborted).isFalse();
        assertThat(budget.held()).isZero();
    }

    @Test
    void anErrorInOneDirectionEndsBoth() {
        var caller = new Scripted();
        Scripted application = new Scripted() {
            @Override
            public void write(ByteBuffer from) throws IOException {
                throw new IOException("the disk is full");
            }
        };
        caller.says.add(new byte[1]);
        var relay = new Relay(caller, application, budget, new BufferPool(LARGE, 2));

        assertThat(relay.carry()).isEqualTo("the disk is full");

        assertThat(caller.aborted && application.aborted).isTrue();
        assertThat(budget.held()).isZero();
    }

    @Test
    void whoWaitsHoldsASmallBufferAndBulkALargeOne() {
        var caller = new Scripted();
        var application = new Scripted();
        caller.says.add(new byte[100_000]);
        caller.end.countDown();
        application.end.countDown();
        var pool = new BufferPool(LARGE, 1);

        assertThat(new Relay(caller, application, budget, pool).carry()).isEmpty();

        assertThat(application.heard).isEqualTo(100_000);
        assertThat(caller.largest).isEqualTo(LARGE);
        assertThat(application.largest).isLessThan(LARGE);
        assertThat(pool.take()).isPresent();
    }

    @Test
    void withoutALargeBufferItIsSlowerAndNotBroken() {
        var caller = new Scripted();
        var application = new Scripted();
        caller.says.add(new byte[100_000]);
        caller.end.countDown();
        application.end.countDown();

        assertThat(new Relay(caller, application, budget, new BufferPool(LARGE, 0)).carry())
                .isEmpty();

        assertThat(application.heard).isEqualTo(100_000);
        assertThat(caller.largest).isLessThan(LARGE);
    }
}
