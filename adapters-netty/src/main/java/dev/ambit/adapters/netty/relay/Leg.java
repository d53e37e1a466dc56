package dev.ambit.adapters.netty.relay;

import dev.ambit.domain.flow.RefusalReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection being carried: a socket, or a stream of a tunnel. What arrives before the other leg is there
 * (at most what the leg read ahead) waits here.
 *
 * <p>Not thread-safe: both legs of a relay live on one event loop.
 */
public abstract class Leg {
    private final ByteQueue early = new ByteQueue();
    private long earlyCounted;
    private @Nullable Relay relay;
    private @Nullable Runnable lost;
    private @Nullable String failure;
    private boolean ended;
    private boolean gone;
    private boolean drained;

    /** Queues bytes for this leg's peer and takes ownership of them; {@link Relay#written} follows. */
    protected abstract void send(ByteBuf data);

    protected abstract void flush();

    /** Whether bytes that are in a pipe can be sent now, without having been read into memory. */
    protected boolean takesPiped() {
        return false;
    }

    /** As {@link #send}, if {@link #takesPiped}. */
    void send(KernelPipe.Piece piece) {
        piece.release();
        throw new IllegalStateException("this leg sends what is in memory");
    }

    /** No more to send: half-closes once everything queued is written; {@link Relay#settle} follows. */
    protected abstract void sendEnd();

    /** The other leg has written this many of the bytes that this leg read: more may be read. */
    protected abstract void credit(int bytes);

    /** Begins to read, the other leg is there. */
    protected abstract void resume();

    /** Ends the leg in disorder, so that its peer can tell: a reset. Idempotent. */
    public abstract void abort();

    /** Both directions are done. Idempotent. */
    protected abstract void close();

    protected abstract ByteBufAllocator allocator();

    /** Why what carried this leg was ended on purpose, if it was. */
    public Optional<RefusalReason> endedFor() {
        return Optional.empty();
    }

    /** Runs the action if this leg is lost before it is joined to another. */
    public final void whenLost(Runnable action) {
        if (failure != null) {
            action.run();
        } else {
            lost = action;
        }
    }

    final void attach(Relay joined) {
        relay = joined;
        lost = null;
    }

    /** What bytes count against that come before the other leg is there. */
    protected BufferBudget budget() {
        return BufferBudget.unlimited();
    }

    /** Keeps what comes before the relay is there, as long as there is room. */
    private void keep(ByteBuf data) {
        int bytes = data.readableBytes();
        early.add(allocator(), data);
        earlyCounted += bytes;
        budget().add(bytes);
        if (budget().ends(earlyCounted)) {
            String full = budget().exhausted(earlyCounted);
            abort();
            failed(full);
        }
    }

    /** Nobody will want what came before a relay was there. */
    protected final void forgetEarly() {
        early.clear();
        uncount();
    }

    private void uncount() {
        if (earlyCounted > 0) {
            budget().add(-earlyCounted);
            earlyCounted = 0;
        }
    }

    /** Hands on what came before the relay was there. */
    final void replay(Relay joined) {
        uncount();
        while (!early.isEmpty()) {
            joined.data(this, early.poll(Integer.MAX_VALUE));
        }
        if (ended) {
            joined.ended(this);
        }
        if (gone) {
            joined.settle();
        }
        if (failure != null) {
            joined.failed(this, failure);
        }
    }

    /** How far this leg may read ahead of what is written on, if it may read this far when there is room. */
    protected final int ahead(int ordinary) {
        return relay == null ? ordinary : relay.ahead(ordinary);
    }

    protected final boolean isJoined() {
        return relay != null;
    }

    protected final void received(ByteBuf data) {
        if (relay != null) {
            relay.data(this, data);
        } else if (failure != null) {
            data.release();
        } else {
            keep(data);
        }
    }

    /** Whether what this leg reads may be handed on in a pipe, all the way. */
    final boolean canPipe() {
        return relay != null && relay.takesPiped(this);
    }

    /** As the other, in a pipe. */
    final void received(KernelPipe.Piece piece) {
        if (relay != null) {
            relay.data(this, piece);
        } else {
            piece.release();
        }
    }

    /** Everything that was there to read has been read for now. */
    protected final void receivedAll() {
        if (relay != null) {
            relay.flush(this);
        }
    }

    /** The peer sends no more. */
    protected final void receivedEnd() {
        if (ended) {
            return;
        }
        ended = true;
        if (relay != null) {
            relay.ended(this);
        }
    }

    /** The peer sends no more and takes no more, in order: what it sent still counts, what it is sent is dropped. */
    protected final void receivedClose() {
        gone = true;
        drained = true;
        receivedEnd();
        if (relay != null) {
            relay.settle();
        }
    }

    /** The peer sends no more and takes no more. An empty error is an ordinary reset, which is nobody's failure. */
    protected final void failed(String error) {
        if (failure != null) {
            return;
        }
        failure = error;
        forgetEarly();
        if (relay != null) {
            relay.failed(this, error);
        } else if (lost != null) {
            lost.run();
        }
    }

    protected final void written(int bytes) {
        if (relay != null) {
            relay.written(this, bytes);
        }
    }

    /** Everything including the end has been written. */
    protected final void drained() {
        drained = true;
        if (relay != null) {
            relay.settle();
        }
    }

    final boolean isEnded() {
        return ended;
    }

    final boolean isGone() {
        return gone;
    }

    final boolean isDrained() {
        return drained;
    }
}
