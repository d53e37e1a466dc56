package dev.ambit.services.controlplane.issuing;

import dev.ambit.domain.issuing.StrangerPlaces;
import dev.ambit.domain.issuing.StrangerPlaces.Admission;
import java.util.HashMap;
import java.util.Map;

/** The requests that wait for somebody to tell who makes them, by peer address. Safe for use by several threads. */
final class Strangers {
    private final StrangerPlaces places;
    private final Map<String, Integer> byPeer = new HashMap<>();
    private int all;

    Strangers(StrangerPlaces places) {
        this.places = places;
    }

    /** Takes a place, if one is to be had; it has to be given back. */
    synchronized Admission enter(String peer) {
        int ofPeer = byPeer.getOrDefault(peer, 0);
        Admission admission = places.admit(ofPeer, all);
        if (admission instanceof Admission.Admitted) {
            byPeer.put(peer, ofPeer + 1);
            all++;
        }
        return admission;
    }

    synchronized void leave(String peer) {
        byPeer.computeIfPresent(peer, (_, taken) -> taken == 1 ? null : taken - 1);
        all--;
    }

    /** How many wait now. */
    synchronized int count() {
        return all;
    }
}
