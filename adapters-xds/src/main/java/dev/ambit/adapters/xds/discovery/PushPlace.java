package dev.ambit.adapters.xds.discovery;

/**
 * A stream's place in the {@link PushThrottle}: asked for before a large push, given back when the network has taken the push or
 * the stream is over. Safe for use by several threads; calls nobody back under a lock.
 */
final class PushPlace {

    private enum State {
        NONE,
        IN_LINE,
        HELD,
        STALLED
    }

    /** Smaller pushes need no place: they fit into what a connection buffers anyway. */
    private static final long SMALL_BYTES = 128 << 10;

    private final PushThrottle throttle;
    private final long patienceNanos;
    private final Runnable granted;
    private State state = State.NONE;
    private boolean given;
    private long bytes;
    private long since;

    /**
     * A place that is not asked for yet.
     *
     * @param patienceNanos how long a push may take before it counts as stalled
     * @param granted is run when there is a place after a refusal; must not block
     */
    PushPlace(PushThrottle throttle, long patienceNanos, Runnable granted) {
        this.throttle = throttle;
        this.patienceNanos = patienceNanos;
        this.granted = granted;
    }

    /**
     * Whether a push of this size may go now. If not, {@code granted} will be run; not after a push that stalls, whose stream hears
     * itself when the network has taken it.
     */
    synchronized boolean mayPush(long size, long now) {
        if (given || state == State.IN_LINE || state == State.STALLED) {
            return false;
        }
        if (size <= SMALL_BYTES || state == State.HELD) {
            return true;
        }
        bytes = size;
        since = now;
        if (throttle.enter(size, this::enter)) {
            state = State.HELD;
            return true;
        }
        state = State.IN_LINE;
        return false;
    }

    private void enter() {
        boolean unwanted;
        synchronized (this) {
            unwanted = given;
            state = unwanted ? State.NONE : State.HELD;
        }
        if (unwanted) {
            throttle.leave(bytes);
        } else {
            granted.run();
        }
    }

    /** The network has taken everything. */
    void through() {
        State before;
        synchronized (this) {
            before = state;
            if (state == State.HELD || state == State.STALLED) {
                state = State.NONE;
            }
        }
        leave(before);
    }

    /** The stream is over; there will be no further push. */
    void giveUp() {
        synchronized (this) {
            given = true;
        }
        through();
    }

    private void leave(State before) {
        if (before == State.HELD) {
            throttle.leave(bytes);
        } else if (before == State.STALLED) {
            throttle.leaveStalled(bytes);
        }
    }

    /** Lets others go if the push takes too long. Called now and then. */
    void look(long now) {
        boolean stalls;
        synchronized (this) {
            stalls = state == State.HELD && now - since > patienceNanos;
            if (stalls) {
                state = State.STALLED;
            }
        }
        if (stalls) {
            throttle.stall();
        }
    }
}
