package dev.ambit.services.controlplane.issuing;

import dev.ambit.domain.issuing.Caller;
import java.util.HashMap;
import java.util.Map;

/**
 * How many requests each caller has under way: while an authority is slow, one caller must not take all the places that
 * there are. Safe for use by several threads.
 */
final class CallersUnderWay {
    /** A node proxy asks for eight at a time. */
    static final int EACH_MAX = 64;

    private final Map<String, Integer> places = new HashMap<>();

    /** Takes a place, which has to be given back; false if the caller has as many as it may. */
    synchronized boolean enter(Caller caller) {
        int taken = places.getOrDefault(CallerRates.key(caller), 0);
        if (taken >= EACH_MAX) {
            return false;
        }
        places.put(CallerRates.key(caller), taken + 1);
        return true;
    }

    synchronized void leave(Caller caller) {
        places.computeIfPresent(CallerRates.key(caller), (_, taken) -> taken == 1 ? null : taken - 1);
    }
}
