package dev.ambit.adapters.loom.http2;

import dev.ambit.adapters.loom.stream.BufferBudget;
import dev.ambit.adapters.loom.tls.TlsWire;
import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.domain.http2.ConnectRequest;
import dev.ambit.domain.http2.ErrorCode;
import dev.ambit.domain.http2.FloodGuard;
import dev.ambit.domain.http2.Http2Violation;
import dev.ambit.domain.http2.PeerSettings;
import dev.ambit.ports.transport.TransportLimits;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The accepting end of a tunnel. */
public final class ServerSession extends Http2Session {
    /** Payload of the ping that finds out when the peer has seen our first GOAWAY. */
    private static final long DRAIN_PING = 0x616d6269742d6761L;

    private final BiConsumer<HboneStream, ConnectRequest> acceptor;
    private int lastStream;
    private boolean draining;
    private boolean goingAway;
    private Runnable heard = () -> {};

    /** @param acceptor accepts or refuses a stream, on a thread of that stream's own */
    public ServerSession(
            TlsWire wire,
            TransportLimits limits,
            BufferBudget buffers,
            BiConsumer<HboneStream, ConnectRequest> acceptor) {
        super(true, wire, limits, buffers, TransportLimits.SERVER_HEADER_LIST_BYTES_MAX);
        this.acceptor = acceptor;
        greet();
    }

    @Override
    void greet() {
        output.settings(
                PeerSettings.MAX_CONCURRENT_STREAMS,
                TransportLimits.SERVER_STREAMS_MAX,
                PeerSettings.INITIAL_WINDOW_SIZE,
                limits.tunnels().streamWindowBytes(),
                PeerSettings.MAX_FRAME_SIZE,
                limits.tunnels().frameBytes(),
                PeerSettings.MAX_HEADER_LIST_SIZE,
                TransportLimits.SERVER_HEADER_LIST_BYTES_MAX);
    }

    @Override
    void headers(int stream, @Nullable HboneStream known, Http2Headers headers, boolean ends) throws Http2Violation {
        if (!opens(stream, known, ends)) {
            return;
        }
        HboneStream opened = newStream(stream);
        if (streams.size() > TransportLimits.SERVER_STREAMS_MAX || goingAway) {
            guard.count(FloodGuard.Kind.EARLY_RESET, System.nanoTime());
            output.reset(stream, ErrorCode.REFUSED_STREAM);
            opened.lose(new IOException("too many streams"), false);
            return;
        }
        ConnectRequest request = request(headers);
        if (ends) {
            opened.dataEnds();
        }
        Thread.ofVirtual().name("hbone-stream").start(() -> acceptor.accept(opened, request));
    }

    private static ConnectRequest request(Http2Headers headers) {
        return new ConnectRequest(
                text(headers.method()),
                text(headers.authority()),
                new HboneHeaders(
                        // It may come several times, as one list (RFC 9110, section 5.3).
                        String.join(",", headers.getAll("baggage")),
                        text(headers.get("forwarded")),
                        text(headers.get("traceparent")),
                        Optional.ofNullable(headers.get("x-forwarded-network")).map(CharSequence::toString)));
    }

    private static String text(@Nullable CharSequence value) {
        return value == null ? "" : value.toString();
    }

    @Override
    void badHeaders(int stream, @Nullable HboneStream known, String why) throws Http2Violation {
        if (known != null) {
            guard.count(FloodGuard.Kind.BROKEN_STREAM, System.nanoTime());
            output.reset(stream, ErrorCode.PROTOCOL_ERROR);
            known.lose(new IOException(why), false);
        } else if (opens(stream, null, true)) {
            guard.count(FloodGuard.Kind.EARLY_RESET, System.nanoTime());
            output.reset(stream, ErrorCode.PROTOCOL_ERROR);
        }
    }

    /** False for trailers, which end a stream, and for what is still under way to a stream that we have reset. */
    private boolean opens(int stream, @Nullable HboneStream known, boolean ends) throws Http2Violation {
        if (known != null && !ends) {
            throw new Http2Violation(ErrorCode.PROTOCOL_ERROR, "second HEADERS on stream " + stream);
        }
        if (known != null) {
            known.dataEnds();
            return false;
        }
        if (stream % 2 == 0) {
            throw new Http2Violation(ErrorCode.PROTOCOL_ERROR, "client opened stream " + stream + ", which is even");
        }
        if (stream <= lastStream) {
            return false;
        }
        lastStream = stream;
        return true;
    }

    @Override
    void peerReset(HboneStream stream, long code) throws Http2Violation {
        if (!stream.isAnswered()) {
            guard.count(FloodGuard.Kind.EARLY_RESET, System.nanoTime());
        }
        stream.peerReset(code);
    }

    /** As {@link #goAway}, for who need not know when the peer has seen it. */
    @Override
    public void drain() {
        goAway(() -> {});
    }

    /**
     * Tells the peer to open no more streams (RFC 9113, section 6.8): first without naming a last stream, so that
     * streams under way to us are still carried, then for good when the peer has answered a ping. Any thread.
     *
     * @param seen runs once when the peer has seen it, or the session is over
     */
    public void goAway(Runnable seen) {
        lock.lock();
        try {
            if (goingAway || isEnded()) {
                seen.run();
                return;
            }
            Runnable before = heard;
            heard = () -> {
                before.run();
                seen.run();
            };
            if (!draining) {
                draining = true;
                output.goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR);
                output.ping(DRAIN_PING, false);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    void pong(long payload) {
        if (payload == DRAIN_PING && draining && !goingAway) {
            goingAway = true;
            output.goAway(lastStream, ErrorCode.NO_ERROR);
            heard.run();
            endIfDrained();
        }
    }

    @Override
    void streamForgotten() {
        endIfDrained();
    }

    private void endIfDrained() {
        if (goingAway && streams.isEmpty()) {
            close();
        }
    }

    @Override
    void sessionOver() {
        if (!goingAway) {
            goingAway = true;
            heard.run();
        }
    }

    /** What was answered to the end takes no more (RFC 9113, section 8.1). */
    @Override
    ErrorCode done() {
        return ErrorCode.NO_ERROR;
    }

    @Override
    boolean isIdle(int stream) {
        return stream > lastStream || stream % 2 == 0;
    }

    @Override
    int lastPeerStream() {
        return lastStream;
    }

    @Override
    void peerGoesAway(int last, long code) {
        // The client opens no more streams; those it has go on.
    }
}
