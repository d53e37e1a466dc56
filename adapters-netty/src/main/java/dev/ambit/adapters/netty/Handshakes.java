package dev.ambit.adapters.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The TLS handshakes that one listener has under way, which are bounded. When there is no room, those that keep silent or
 * take far longer than an honest one make it; only among honest ones is the newest turned away. Safe for use by several
 * event loops.
 */
final class Handshakes<P extends Handshakes.Party> {
    /** An honest handshake takes some milliseconds and two round trips. */
    private static final long HONEST_NANOS = 1_000_000_000L;

    private final int max;
    private final Map<P, State> underWay = new LinkedHashMap<>();

    /** One of them. */
    interface Party {
        /** Its place is given to another. On any thread. */
        void evict();
    }

    private static final class State {
        private final long since = System.nanoTime();
        private boolean heard;
    }

    Handshakes(int max) {
        this.max = max;
    }

    /** Takes a place; false if there is none. */
    boolean begin(P party) {
        List<P> evicted = List.of();
        synchronized (underWay) {
            if (underWay.size() >= max) {
                evicted = hopeless();
                evicted.forEach(underWay::remove);
            }
            if (underWay.size() < max) {
                underWay.put(party, new State());
            }
        }
        evicted.forEach(Party::evict);
        synchronized (underWay) {
            return underWay.containsKey(party);
        }
    }

    /** Up to a sixteenth of the places at once, so that a flood does not search for each. The oldest come first. */
    private List<P> hopeless() {
        long now = System.nanoTime();
        var found = new ArrayList<P>();
        int most = Math.max(1, max / 16);
        for (Map.Entry<P, State> entry : underWay.entrySet()) {
            State state = entry.getValue();
            if (found.size() == most) {
                break;
            }
            if (!state.heard || now - state.since > HONEST_NANOS) {
                found.add(entry.getKey());
            }
        }
        return found;
    }

    /** It is over, however it ended. */
    void end(P party) {
        synchronized (underWay) {
            underWay.remove(party);
        }
    }

    /** Hears the first bytes, in front of TLS. */
    ChannelHandler listening(P party) {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                synchronized (underWay) {
                    State state = underWay.get(party);
                    if (state != null) {
                        state.heard = true;
                    }
                }
                ctx.pipeline().remove(this);
                ctx.fireChannelRead(message);
            }
        };
    }
}
