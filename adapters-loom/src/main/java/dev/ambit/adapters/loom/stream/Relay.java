package dev.ambit.adapters.loom.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Two ends joined: what one side sends is written to the other, each direction on a thread of its own, and nothing more is
 * read before that is done. Each direction ends by itself; an error in one ends both.
 */
public final class Relay {
    /** What a direction that waits holds on to. */
    private static final int SMALL_BYTES = 1 << 10;

    private final Duplex initiator;
    private final Duplex responder;
    private final BufferBudget budget;
    private final BufferPool pool;
    private final Direction there;
    private final Direction back;
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

    /** Joins two ends; nothing is read before {@link #carry}. */
    public Relay(Duplex initiator, Duplex responder, BufferBudget budget, BufferPool pool) {
        this.initiator = initiator;
        this.responder = responder;
        this.budget = budget;
        this.pool = pool;
        this.there = new Direction(initiator, responder);
        this.back = new Direction(responder, initiator);
    }

    /** Bytes from the initiator so far. Any thread. */
    public long received() {
        return there.bytes;
    }

    /** Bytes to the initiator so far. Any thread. */
    public long sent() {
        return back.bytes;
    }

    /**
     * Carries until both directions are done, and closes both ends.
     *
     * @return what failed, one line; empty when nothing did that needs to be told
     */
    public String carry() {
        initiator.whenLost(lost -> fail(ErrorText.ofBroken(lost)));
        responder.whenLost(lost -> fail(ErrorText.ofBroken(lost)));
        Thread other = Thread.ofVirtual().name("relay").start(back::run);
        there.run();
        join(other);
        initiator.close();
        responder.close();
        String error = failure.get();
        return error == null ? "" : error;
    }

    /** Waits for as long as it takes: whoever wants the relay to end aborts an end of it. */
    private void join(Thread other) {
        boolean interrupted = false;
        while (other.isAlive()) {
            try {
                other.join();
            } catch (InterruptedException e) {
                interrupted = true;
                fail("");
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void fail(String error) {
        failure.compareAndSet(null, error);
        initiator.abort();
        responder.abort();
    }

    private final class Direction {
        private final Duplex from;
        private final Duplex to;

        /** Written by one thread. */
        private volatile long bytes;

        Direction(Duplex from, Duplex to) {
            this.from = from;
            this.to = to;
        }

        void run() {
            try {
                copy();
                to.shutdownOutput();
            } catch (IOException broken) {
                fail(ErrorText.ofBroken(broken));
            } catch (RuntimeException | OutOfMemoryError broken) {
                fail(ErrorText.of(broken));
            }
        }

        /** Waits with a small buffer, and takes a large one only for what is there already. */
        private void copy() throws IOException {
            ByteBuffer small = ByteBuffer.allocate(SMALL_BYTES);
            while (from.read(small) >= 0) {
                writeOn(small);
                while (from.available() > SMALL_BYTES) {
                    Optional<ByteBuffer> large = pool.take();
                    if (large.isEmpty()) {
                        break;
                    }
                    copyWith(large.get());
                }
            }
        }

        private void copyWith(ByteBuffer large) throws IOException {
            try {
                large.limit(budget.ahead(large.capacity()));
                if (from.read(large) > 0) {
                    writeOn(large);
                }
            } finally {
                pool.give(large);
            }
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // this thread alone writes it
        private void writeOn(ByteBuffer read) throws IOException {
            int count = read.flip().remaining();
            bytes += count;
            budget.add(count);
            try {
                to.write(read);
            } finally {
                budget.add(-count);
            }
            read.clear();
        }
    }
}
