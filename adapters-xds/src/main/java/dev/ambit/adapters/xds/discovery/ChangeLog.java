package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.discovery.ResourceCatalogue.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Resources by name, in the order of their last change. Whoever remembers how far it has read finds what it lacks at the cost
 * of what it lacks; nothing is kept for it here. What was removed leaves a grave, so that readers hear of it, until it is
 * {@linkplain #forget forgotten}. Not safe for use by several threads at once.
 */
final class ChangeLog {

    /** One name: a resource, or the grave of one. */
    static final class Place {
        private final String name;
        private Kind kind;
        private @Nullable CatalogueEntry entry;
        private long at;
        private Place older = this;
        private Place newer = this;

        private Place(String name, Kind kind) {
            this.name = name;
            this.kind = kind;
        }

        String name() {
            return name;
        }

        Kind kind() {
            return kind;
        }

        /** Null in a grave. */
        @Nullable
        CatalogueEntry entry() {
            return entry;
        }

        /** The number of its last change. */
        long at() {
            return at;
        }
    }

    private record Grave(Place place, long at) {}

    private final Map<String, Place> places = new HashMap<>();
    private final Deque<Grave> graves = new ArrayDeque<>();
    /** A ring: its {@code newer} is the oldest, its {@code older} the newest. */
    private final Place ends = new Place("", Kind.POLICY);

    private long latest;
    private long latestPut;
    private long forgotten;
    private long bytes;
    private int living;

    /** The number of the last change; 0 if there was none. */
    long latest() {
        return latest;
    }

    /** The number of the last change that was no removal. */
    long latestPut() {
        return latestPut;
    }

    /** Removals up to this number may be missing: a reader that has not got there must begin anew. */
    long forgotten() {
        return forgotten;
    }

    /** How many resources there are. */
    int size() {
        return living;
    }

    int graves() {
        return places.size() - living;
    }

    /** The encoded size of all resources together. */
    long bytes() {
        return bytes;
    }

    @Nullable
    CatalogueEntry get(String name) {
        Place place = places.get(name);
        return place == null ? null : place.entry;
    }

    /** Returns what was there before. */
    @Nullable
    CatalogueEntry put(String name, CatalogueEntry entry) {
        Place place = places.get(name);
        if (place == null) {
            place = new Place(name, entry.kind());
            places.put(name, place);
        }
        place.kind = entry.kind();
        CatalogueEntry before = place.entry;
        place.entry = entry;
        bytes += entry.size();
        if (before == null) {
            living++;
        } else {
            bytes -= before.size();
        }
        moveToEnd(place);
        latestPut = latest;
        return before;
    }

    /** Puts an entry in the place of one that subscribers cannot tell from it, which is no change. */
    void replace(String name, CatalogueEntry entry) {
        Place place = places.get(name);
        if (place == null || place.entry == null) {
            throw new IllegalArgumentException("there is no " + name);
        }
        bytes += entry.size() - place.entry.size();
        place.entry = entry;
    }

    /** Returns what was there; of what was not there nobody has to hear. */
    @Nullable
    CatalogueEntry remove(String name) {
        Place place = places.get(name);
        if (place == null || place.entry == null) {
            return null;
        }
        CatalogueEntry before = place.entry;
        place.entry = null;
        living--;
        bytes -= before.size();
        moveToEnd(place);
        graves.add(new Grave(place, place.at));
        return before;
    }

    private void moveToEnd(Place place) {
        unlink(place);
        place.older = ends.older;
        place.newer = ends;
        ends.older.newer = place;
        ends.older = place;
        place.at = ++latest;
    }

    private static void unlink(Place place) {
        place.older.newer = place.newer;
        place.newer.older = place.older;
    }

    /** Everything that changed after this number, the oldest change first. */
    void since(long number, Consumer<Place> reader) {
        Place place = ends;
        while (place.older != ends && place.older.at > number) {
            place = place.older;
        }
        for (; place != ends; place = place.newer) {
            reader.accept(place);
        }
    }

    /** Drops the graves of what was removed up to this number. */
    void forget(long number) {
        while (!graves.isEmpty() && graves.getFirst().at <= number) {
            bury(graves.removeFirst());
        }
    }

    /** Drops the oldest graves beyond so many. */
    void forgetBeyond(int most) {
        while (graves() > most && !graves.isEmpty()) {
            bury(graves.removeFirst());
        }
    }

    private void bury(Grave grave) {
        Place place = grave.place;
        if (place.entry == null && place.at == grave.at) {
            unlink(place);
            places.remove(place.name, place);
            forgotten = Math.max(forgotten, grave.at);
        }
    }
}
