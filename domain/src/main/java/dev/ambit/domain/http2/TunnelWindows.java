package dev.ambit.domain.http2;

/**
 * The flow-control windows of a whole tunnel (RFC 9113, section 5.2).
 *
 * <p>What the peer may send is granted again on receipt, not when a stream's data is written on, so that a stalled stream
 * does not stall the others; up to some windows of data not yet written on, which bounds memory.
 */
public final class TunnelWindows {
    private static final int UNWRITTEN_WINDOWS_MAX = 4;

    private final int size;
    private long send = PeerSettings.WINDOW_DEFAULT;
    private long receive;
    private long unwritten;

    /** @param size what the peer may have under way to us, bytes */
    public TunnelWindows(int size) {
        this.size = size;
        this.receive = Math.max(size, PeerSettings.WINDOW_DEFAULT);
    }

    /** What the first WINDOW_UPDATE has to add to what every connection starts with. */
    public int opening() {
        return (int) receive - PeerSettings.WINDOW_DEFAULT;
    }

    /** What we may send now, bytes. */
    public long sendable() {
        return send;
    }

    /** So much was sent. */
    public void sent(int bytes) {
        send -= bytes;
    }

    /** False if the window overflows. */
    public boolean grow(int increment) {
        send += increment;
        return send <= Integer.MAX_VALUE;
    }

    /** False if the peer sent more than it may. */
    public boolean receive(int bytes) {
        receive -= bytes;
        return receive >= 0;
    }

    /** So much was received and is not written on yet. */
    public void hold(int bytes) {
        unwritten += bytes;
    }

    /** So much of what was held is written on. */
    public void written(int bytes) {
        unwritten -= bytes;
    }

    /** What to grant the peer now; 0 until it is worth a frame. */
    public int replenish() {
        long target = Math.min(size, (long) UNWRITTEN_WINDOWS_MAX * size - unwritten);
        if (target - receive < size / 2) {
            return 0;
        }
        int increment = (int) (target - receive);
        receive = target;
        return increment;
    }
}
