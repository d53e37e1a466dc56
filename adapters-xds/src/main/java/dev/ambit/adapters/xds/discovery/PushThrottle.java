package dev.ambit.adapters.xds.discovery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * How many large pushes, and how many bytes of them, are on their way to the network at a time; others wait in line. Pushes that
 * stall give their place back, but their bytes count until they are gone. Safe for use by several threads.
 */
final class PushThrottle {

    private record Waiting(long size, Runnable granted) {}

    private final int pushesMax;
    private final long bytesMax;
    private final Queue<Waiting> line = new ArrayDeque<>();
    private int pushes;
    private long bytes;

    PushThrottle(int pushesMax, long bytesMax) {
        this.pushesMax = pushesMax;
        this.bytesMax = bytesMax;
    }

    /**
     * Asks for a place, which must be given back, used or not. One push may go whatever its size.
     *
     * @param granted is run once if there is a place later; must not block
     * @return whether there is a place now; if not, it is in line
     */
    synchronized boolean enter(long size, Runnable granted) {
        if (line.isEmpty() && hasRoom(size)) {
            take(size);
            return true;
        }
        line.add(new Waiting(size, granted));
        return false;
    }

    private boolean hasRoom(long size) {
        return pushes < pushesMax && (bytes == 0 || bytes + size <= bytesMax);
    }

    private void take(long size) {
        pushes++;
        bytes += size;
    }

    /** The push is through, or given up. */
    void leave(long size) {
        free(1, size);
    }

    /** The push stalls: others may go, as long as there is room for their bytes. */
    void stall() {
        free(1, 0);
    }

    /** A push that had stalled is through, or given up. */
    void leaveStalled(long size) {
        free(0, size);
    }

    private void free(int places, long size) {
        List<Waiting> next = new ArrayList<>();
        synchronized (this) {
            pushes -= places;
            bytes -= size;
            for (Waiting head = line.peek(); head != null && hasRoom(head.size); head = line.peek()) {
                take(head.size);
                next.add(line.remove());
            }
        }
        next.forEach(waiting -> waiting.granted.run());
    }
}
