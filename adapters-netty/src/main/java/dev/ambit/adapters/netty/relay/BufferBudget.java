package dev.ambit.adapters.netty.relay;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * How many bytes may be read and not yet written on, for the connections of one pod and for those of all. From half of that
 * on nobody reads far ahead any more, which those with little on their way do not notice; beyond it, what holds much and
 * still gets more is ended. Safe for use by several event loops.
 */
public final class BufferBudget {
    /** What a connection may read ahead when memory is short: enough for messages, and for bulk on a short way. */
    private static final int SHORT_AHEAD = 64 << 10;

    private static final int LEAST_AHEAD = 16 << 10;

    private static final BufferBudget UNLIMITED = new BufferBudget(Long.MAX_VALUE, new Node(Long.MAX_VALUE), _ -> {});

    private final long podMax;
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
        this.podMax = podMax;
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
        long pod = held.get();
        long all = node.held.get();
        if (pod <= podMax / 2 && all <= node.max / 2) {
            return ordinary;
        }
        return Math.min(ordinary, isExhausted(pod, all) ? LEAST_AHEAD : SHORT_AHEAD);
    }

    /** Whether a connection that holds this much and gets more has to end. */
    boolean ends(long held) {
        return held > 2L * SHORT_AHEAD && isExhausted(this.held.get(), node.held.get());
    }

    private boolean isExhausted(long pod, long all) {
        // When the node is short, a pod that holds little pays for nobody.
        return pod > podMax || (all > node.max && pod > podMax / 8);
    }

    /** Why a connection was ended: one line. Tells whoever listens. */
    String exhausted(long bytes) {
        String message = "buffers are full: this connection holds " + bytes + " bytes, its workload " + held.get()
                + " of " + podMax + " (AMBIT_WORKLOAD_BUFFERED_BYTES_MAX), the node " + node.held.get() + " of "
                + node.max + " (AMBIT_NODE_BUFFERED_BYTES_MAX)";
        strained.accept(message);
        return message;
    }
}
