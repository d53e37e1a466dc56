package dev.ambit.adapters.netty.relay;

import dev.ambit.domain.flow.RefusalReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One of two legs that are each other's far end: what one is sent the other receives, at once and without a copy. Joins
 * two connections of one event loop as a tunnel's stream joins those of two proxies; holds nothing back and adds nothing
 * to what the ends buffer, because what one end has written is credited to the other.
 */
public final class LocalLeg extends Leg {
    private final ByteBufAllocator allocator;
    private @Nullable LocalLeg other;
    private @Nullable RefusalReason reason;
    private boolean ended;
    private boolean over;

    private LocalLeg(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** The caller's leg; {@link #other} is the application's. */
    public static LocalLeg pair(ByteBufAllocator allocator) {
        var near = new LocalLeg(allocator);
        var far = new LocalLeg(allocator);
        near.other = far;
        far.other = near;
        return near;
    }

    /** The far end. */
    public LocalLeg other() {
        LocalLeg known = other;
        if (known == null) {
            throw new IllegalStateException("a leg without its other end");
        }
        return known;
    }

    /** Why both are about to be ended, for whoever hears of it. */
    public void endsFor(RefusalReason why) {
        reason = why;
        other().reason = why;
    }

    @Override
    public Optional<RefusalReason> endedFor() {
        return Optional.ofNullable(reason);
    }

    /** Parts the two before they are joined: what becomes of one is nothing to the other any more. */
    public void part() {
        over = true;
        other().over = true;
    }

    @Override
    protected void send(ByteBuf data) {
        if (over || other().over) {
            data.release();
        } else {
            other().received(data);
        }
    }

    @Override
    protected boolean takesPiped() {
        return !over && !other().over && other().canPipe();
    }

    @Override
    void send(KernelPipe.Piece piece) {
        if (over || other().over) {
            piece.release();
        } else {
            other().received(piece);
        }
    }

    @Override
    protected void flush() {
        other().receivedAll();
    }

    @Override
    protected void sendEnd() {
        if (!ended && !over) {
            ended = true;
            if (!other().over) {
                other().receivedEnd();
            }
            // What was sent is the other relay's now, which goes on without this leg.
            drained();
        }
    }

    @Override
    protected void credit(int bytes) {
        if (!other().over) {
            other().written(bytes);
        }
    }

    @Override
    protected void resume() {
        // What is sent arrives; there is nothing to turn on.
    }

    @Override
    public void abort() {
        if (!over) {
            over = true;
            if (!other().over) {
                other().failed("");
            }
        }
    }

    /** The other end may still be sending: nobody will take that any more. */
    @Override
    protected void close() {
        if (!over) {
            over = true;
            if (!other().over) {
                other().receivedClose();
            }
        }
    }

    @Override
    protected ByteBufAllocator allocator() {
        return allocator;
    }
}
