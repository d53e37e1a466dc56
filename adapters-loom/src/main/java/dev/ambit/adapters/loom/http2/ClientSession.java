package dev.ambit.adapters.loom.http2;

import dev.ambit.adapters.loom.stream.BufferBudget;
import dev.ambit.adapters.loom.tls.TlsWire;
import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.domain.http2.ErrorCode;
import dev.ambit.domain.http2.Http2Violation;
import dev.ambit.domain.http2.PeerSettings;
import dev.ambit.ports.transport.TransportLimits;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The dialling end of a tunnel. */
public final class ClientSession extends Http2Session {

    /** Hears about a session's life. Called with its lock held: must not wait, nor ask it anything. */
    public interface Watcher {
        /** The peer's first SETTINGS are here: streams may be opened. */
        void ready();

        /** There is room for one more stream again, or never will be. */
        void changed();
    }

    private final Watcher watcher;
    private int nextStream = 1;
    private boolean goingAway;
    private boolean retired;

    /** @param watcher hears when streams can be opened */
    public ClientSession(TlsWire wire, TransportLimits limits, BufferBudget buffers, Watcher watcher) {
        super(false, wire, limits, buffers, TransportLimits.CLIENT_HEADER_LIST_BYTES_MAX);
        this.watcher = watcher;
        greet();
    }

    @Override
    void greet() {
        output.preface();
        output.settings(
                PeerSettings.ENABLE_PUSH,
                0,
                PeerSettings.INITIAL_WINDOW_SIZE,
                limits.tunnels().streamWindowBytes(),
                PeerSettings.MAX_FRAME_SIZE,
                limits.tunnels().frameBytes(),
                PeerSettings.MAX_HEADER_LIST_SIZE,
                TransportLimits.CLIENT_HEADER_LIST_BYTES_MAX);
    }

    @Override
    void settled() {
        super.settled();
        watcher.ready();
    }

    /** Asks for a connection to the authority; empty when there is no room. Any thread, does not wait. */
    public Optional<HboneStream> connect(String authority, HboneHeaders headers) {
        lock.lock();
        try {
            if (room() == 0) {
                return Optional.empty();
            }
            int id = nextStream;
            nextStream += 2;
            HboneStream stream = newStream(id);
            Http2Headers request =
                    new DefaultHttp2Headers(false).method("CONNECT").authority(authority);
            add(request, "baggage", headers.baggage());
            add(request, "forwarded", headers.forwarded());
            add(request, "traceparent", headers.traceparent());
            headers.network().ifPresent(network -> request.add("x-forwarded-network", network));
            output.headers(id, request, false, peer.frameBytes());
            return Optional.of(stream);
        } finally {
            lock.unlock();
        }
    }

    private static void add(Http2Headers request, String name, String value) {
        if (!value.isEmpty()) {
            request.add(name, value);
        }
    }

    /** With the lock held. */
    private int room() {
        if (goingAway || isEnded() || !isSettled() || nextStream < 0) {
            return 0;
        }
        long max = Math.min(limits.tunnels().streamsMax(), peer.streamsMax());
        return (int) Math.max(0, max - streams.size());
    }

    /** Whether the tunnel can take one more stream now. Any thread. */
    public boolean hasRoom() {
        lock.lock();
        try {
            return room() > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Streams now. Any thread. */
    public int open() {
        lock.lock();
        try {
            return streams.size();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a new stream would have to wait behind what others have to send. Any thread. */
    public boolean isCongested() {
        lock.lock();
        try {
            return windows.sendable() <= 0 || output.isCrowded();
        } finally {
            lock.unlock();
        }
    }

    @Override
    void headers(int stream, @Nullable HboneStream known, Http2Headers headers, boolean ends) throws Http2Violation {
        if (known == null) {
            if (isIdle(stream)) {
                throw new Http2Violation(ErrorCode.PROTOCOL_ERROR, "HEADERS on stream " + stream + ", which is idle");
            }
            return;
        }
        String status = String.valueOf(headers.status());
        if (!known.isAnswered() && status.length() == 3 && status.startsWith("1")) {
            return;
        }
        if (!known.isAnswered() && !status.equals("200")) {
            reset(known, ErrorCode.CANCEL);
            known.lose(new IOException("http status: " + status), false);
            return;
        }
        if (!known.isAnswered()) {
            known.answered(String.join(",", headers.getAll("baggage")));
        }
        if (ends) {
            known.dataEnds();
        }
    }

    @Override
    void badHeaders(int stream, @Nullable HboneStream known, String why) {
        if (known != null) {
            output.reset(stream, ErrorCode.PROTOCOL_ERROR);
            known.lose(new IOException(why), false);
        }
    }

    @Override
    void peerReset(HboneStream stream, long code) {
        stream.peerReset(code);
    }

    /** Takes no more streams, and ends after the last one. Any thread. */
    @Override
    public void drain() {
        lock.lock();
        try {
            retired = true;
            goingAway = true;
            watcher.changed();
            endIfUnused();
        } finally {
            lock.unlock();
        }
    }

    private void endIfUnused() {
        if (retired && streams.isEmpty()) {
            close();
        }
    }

    @Override
    void streamForgotten() {
        watcher.changed();
        endIfUnused();
    }

    @Override
    void peerGoesAway(int last, long code) {
        goingAway = true;
        for (HboneStream stream : List.copyOf(streams.values())) {
            if (stream.id() > last) {
                stream.lose(new IOException("peer is going away: " + ErrorCode.name(code)), true);
            }
        }
        watcher.changed();
    }

    /** The answer is wanted no more. */
    @Override
    ErrorCode done() {
        return ErrorCode.CANCEL;
    }

    @Override
    boolean isIdle(int stream) {
        return stream >= nextStream || stream % 2 == 0;
    }

    @Override
    int lastPeerStream() {
        return 0;
    }
}
