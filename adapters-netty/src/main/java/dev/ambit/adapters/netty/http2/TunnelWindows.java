package dev.ambit.adapters.netty.http2;

/**
 * The flow-control windows of a whole tunnel (RFC 9113, section 5.2).
 *
 * <p>What the peer may send is granted again on receipt, not when a stream's data is written on, so that a stalled stream
 * does not stall the others; up to some windows of data not yet written on, which bounds memory.
 */
final class TunnelWindows {
    private static final int UNWRITTEN_WINDOWS_MAX = 4;

    private final int size;
    private long send = PeerSettings.WINDOW_DEFAULT;
    private long receive;
    private long unwritten;

    TunnelWindows(int size) {
        this.size = size;
        this.receive = Math.max(size, PeerSettings.WINDOW_DEFAULT);
    }

    /** What the first WINDOW_UPDATE has to add to what every connection starts with. */
    int opening() {
        return (int) receive - PeerSettings.WINDOW_DEFAULT;
    }

    long sendable() {
        return send;
    }

    void sent(int bytes) {
        send -= bytes;
    }

    /** False if the window overflows. */
    boolean grow(int increment) {
        send += increment;
        return send <= Integer.MAX_VALUE;
    }

    /** False if the peer sent more than it may. */
    boolean receive(int bytes) {
        receive -= bytes;
        return receive >= 0;
    }

    void hold(int bytes) {
        unwritten += bytes;
    }

    void written(int bytes) {
        unwritten -= bytes;
    }

    /** What to grant the peer now; 0 until it is worth a frame. */
    int replenish() {
        long target = Math.min(size, (long) UNWRITTEN_WINDOWS_MAX * size - unwritten);
        if (target - receive < size / 2) {
            return 0;
        }
        int increment = (int) (target - receive);
        receive = target;
        return increment;
    }
}
