package dev.ambit.adapters.loom.socket;

import dev.ambit.domain.flow.FairShare;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many sockets a transport may have open, so that file descriptors are left for everything else in the process. Shared
 * out among pods as connections are ({@link FairShare}): the last fifth is for those that hold less than an equal share.
 */
public final class SocketBudget {
    private final int socketsMax;
    private final FairShare bound;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger holders = new AtomicInteger();

    /** A budget of at least one socket. */
    public SocketBudget(int socketsMax) {
        this.socketsMax = socketsMax;
        this.bound = new FairShare(socketsMax, 1, socketsMax, 1);
    }

    /** What one pod has of it. */
    public Share share() {
        return new Share();
    }

    /** The sockets of one pod. Safe for use by several threads. */
    public final class Share {
        private final AtomicInteger held = new AtomicInteger();

        /** Takes room for one socket, which its owner gives back; false if there is none. */
        public boolean take() {
            int had = held.getAndIncrement();
            if (had == 0) {
                holders.incrementAndGet();
            }
            if (bound.exceeded(had, open.getAndIncrement(), holders.get()).isEmpty()) {
                return true;
            }
            release();
            return false;
        }

        /** Gives back what was {@link #take}n. */
        public void release() {
            open.decrementAndGet();
            if (held.decrementAndGet() == 0) {
                holders.decrementAndGet();
            }
        }

        /** Of this pod, now. */
        public int held() {
            return held.get();
        }

        /** Why {@link #take} said no: one line. */
        public String exhausted() {
            return "no socket to spare: " + open.get() + " are open and " + held.get() + " of them are this pod's, "
                    + socketsMax + " may be (AMBIT_SOCKETS_MAX)";
        }
    }
}
