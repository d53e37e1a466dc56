package dev.ambit.adapters.netty.http2;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Who of a tunnel's streams writes next. A stream with little to send has its turn before those with much, as long as it
 * has little: small messages do not queue behind bulk, and bulk shares what is left.
 */
final class Turns {
    private final ArrayDeque<HboneStream> messages = new ArrayDeque<>();
    private final ArrayDeque<HboneStream> bulk = new ArrayDeque<>();

    /** Gives the stream a turn, if it can use one and waits for none. */
    void add(HboneStream stream) {
        if (stream.canTransmit() && stream.queue()) {
            (stream.isBulk() ? bulk : messages).add(stream);
        }
    }

    /** Whose turn it is; null if nobody waits for one. */
    @Nullable
    HboneStream next() {
        HboneStream stream = messages.isEmpty() ? bulk.poll() : messages.poll();
        if (stream != null) {
            stream.unqueue();
        }
        return stream;
    }

    void remove(HboneStream stream) {
        if (stream.isQueued()) {
            messages.remove(stream);
            bulk.remove(stream);
        }
    }

    /** Whether bulk is waiting. */
    boolean hasBulk() {
        return !bulk.isEmpty();
    }
}
