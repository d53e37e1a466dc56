package dev.ambit.adapters.loom.stream;

import dev.ambit.domain.flow.BufferShare;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * What the connections of one pod hold that is read and not yet written on; {@link BufferShare} says what follows from
 * that. Safe for use by several threads.
 */
public final class BufferBudget {
    private final BufferShare share;
    private final AtomicLong heldByNode;
    private final Consumer<String> strained;
    private final AtomicLong held = new AtomicLong();

    /**
     * The budget of one pod.
     *
     * @param heldByNode what all pods hold; theirs together
     * @param strained hears, often, that connections are ended, and why
     */
    public BufferBudget(BufferShare share, AtomicLong heldByNode, Consumer<String> strained) {
        this.share = share;
        this.heldByNode = heldByNode;
        this.strained = strained;
    }

    /** Bytes of this pod. */
    public long held() {
        return held.get();
    }

    /** Counts bytes that a connection holds from now on; negative for those that it holds no more. */
    public void add(long bytes) {
        held.addAndGet(bytes);
        heldByNode.addAndGet(bytes);
    }

    /** How far a connection may read ahead that may read this far when there is room. */
    public int ahead(int ordinary) {
        return share.ahead(ordinary, held.get(), heldByNode.get());
    }

    /** Whether a connection that holds this much and gets more has to end. */
    public boolean ends(long heldByConnection) {
        return share.ends(heldByConnection, held.get(), heldByNode.get());
    }

    /** Why a connection was ended: one line. Tells whoever listens. */
    public String exhausted(long heldByConnection) {
        String message = share.exhausted(heldByConnection, held.get(), heldByNode.get());
        strained.accept(message);
        return message;
    }
}
