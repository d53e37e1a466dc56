package dev.ambit.adapters.netty.relay;

import dev.ambit.domain.flow.BufferShare;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * What is read and not yet written on, of the connections of one pod and of all; {@link BufferShare} says what follows from
 * that. Safe for use by several event loops.
 */
public final class BufferBudget {
    private static final BufferBudget UNLIMITED = new BufferBudget(Long.MAX_VALUE, new Node(Long.MAX_VALUE), _ -> {});

    private final BufferShare share;
    private final Node node;
    private final Consumer<String> strained;
    private final AtomicLong held = new AtomicLong();

    /** What the pods of a node share. */
    public static final class Node {
        private final long max;
        private final AtomicLong held = new AtomicLong();

        public Node(long max) {
            this.max = max;
        }

        /** Of all pods. */
        public long held() {
            return held.get();
        }
    }

    /**
     * The budget of one pod.
     *
     * @param strained hears, often, that connections are ended, and why
     */
    public BufferBudget(long podMax, Node node, Consumer<String> strained) {
        this.share = new BufferShare(podMax, node.max);
        this.node = node;
        this.strained = strained;
    }

    /** For connections that nothing else shares memory with. */
    public static BufferBudget unlimited() {
        return UNLIMITED;
    }

    /** Of this pod. */
    public long held() {
        return held.get();
    }

    void add(long bytes) {
        held.addAndGet(bytes);
        node.held.addAndGet(bytes);
    }

    /** How far a connection may read ahead that may read this far when there is room. */
    int ahead(int ordinary) {
        return share.ahead(ordinary, held.get(), node.held.get());
    }

    /** Whether a connection that holds this much and gets more has to end. */
    boolean ends(long held) {
        return share.ends(held, this.held.get(), node.held.get());
    }

    /** Why a connection was ended: one line. Tells whoever listens. */
    String exhausted(long bytes) {
        String message = share.exhausted(bytes, held.get(), node.held.get());
        strained.accept(message);
        return message;
    }
}
