package dev.ambit.domain.flow;

/**
 * How many bytes may be read and not yet written on, for the connections of one workload and for those of all. From half of
 * that on nobody reads far ahead any more, which those with little on their way do not notice; beyond it, what holds much
 * and still gets more is ended.
 *
 * @param workload bytes of one workload
 * @param node bytes of all
 */
public record BufferShare(long workload, long node) {
    /** What a connection may read ahead when memory is short: enough for messages, and for bulk on a short way. */
    private static final int SHORT_AHEAD = 64 << 10;

    private static final int LEAST_AHEAD = 16 << 10;

    /**
     * How far a connection may read ahead.
     *
     * @param ordinary how far when there is room
     * @param heldByWorkload bytes of its workload now
     * @param heldByNode bytes of all now
     */
    public int ahead(int ordinary, long heldByWorkload, long heldByNode) {
        if (heldByWorkload <= workload / 2 && heldByNode <= node / 2) {
            return ordinary;
        }
        return Math.min(ordinary, isExhausted(heldByWorkload, heldByNode) ? LEAST_AHEAD : SHORT_AHEAD);
    }

    /** Whether a connection that holds this much and gets more has to end. */
    public boolean ends(long held, long heldByWorkload, long heldByNode) {
        return held > 2L * SHORT_AHEAD && isExhausted(heldByWorkload, heldByNode);
    }

    private boolean isExhausted(long heldByWorkload, long heldByNode) {
        // When the node is short, a workload that holds little pays for nobody.
        return heldByWorkload > workload || (heldByNode > node && heldByWorkload > workload / 8);
    }

    /** Why a connection was ended: one line, with the variables that set the bounds. */
    public String exhausted(long held, long heldByWorkload, long heldByNode) {
        return "buffers are full: this connection holds " + held + " bytes, its workload " + heldByWorkload + " of "
                + workload + " (AMBIT_WORKLOAD_BUFFERED_BYTES_MAX), the node " + heldByNode + " of " + node
                + " (AMBIT_NODE_BUFFERED_BYTES_MAX)";
    }
}
