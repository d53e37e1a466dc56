package dev.ambit.adapters.loom.tunnel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The TLS handshakes that one listener has under way, which are bounded. When there is no room, those that keep silent or
 * take far longer than an honest one make it; only among honest ones is the newest turned away. Safe for use by several
 * threads.
 */
final class Handshakes {
    /** Each costs a socket and the buffers of a TLS connection. */
    static final int MAX = 1_024;

    /** An honest handshake takes some milliseconds and two round trips. */
    private static final long HONEST_NANOS = 1_000_000_000L;

    private final Map<Party, State> underWay = new LinkedHashMap<>();

    /** One of them. */
    interface Party {
        /** Its place is given to another. On any thread. */
        void evict();
    }

    private static final class State {
        private final long since = System.nanoTime();
        private boolean heard;
    }

    /** Takes a place; false if there is none. */
    boolean begin(Party party) {
        List<Party> evicted = List.of();
        boolean begun;
        synchronized (underWay) {
            if (underWay.size() >= MAX) {
                evicted = hopeless();
                evicted.forEach(underWay::remove);
            }
            begun = underWay.size() < MAX;
            if (begun) {
                underWay.put(party, new State());
            }
        }
        evicted.forEach(Party::evict);
        return begun;
    }

    /** Up to a sixteenth of the places at once, so that a flood does not search for each. The oldest come first. */
    private List<Party> hopeless() {
        long now = System.nanoTime();
        var found = new ArrayList<Party>();
        for (Map.Entry<Party, State> entry : underWay.entrySet()) {
            State state = entry.getValue();
            if (found.size() == MAX / 16) {
                break;
            }
            if (!state.heard || now - state.since > HONEST_NANOS) {
                found.add(entry.getKey());
            }
        }
        return found;
    }

    /** It has said something. */
    void heard(Party party) {
        synchronized (underWay) {
            State state = underWay.get(party);
            if (state != null) {
                state.heard = true;
            }
        }
    }

    /** It is over, however it ended. */
    void end(Party party) {
        synchronized (underWay) {
            underWay.remove(party);
        }
    }
}
