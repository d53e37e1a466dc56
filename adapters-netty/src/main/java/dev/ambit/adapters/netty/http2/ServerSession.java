package dev.ambit.adapters.netty.http2;

import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.domain.http2.ConnectRequest;
import dev.ambit.domain.http2.ErrorCode;
import dev.ambit.domain.http2.FloodGuard;
import dev.ambit.domain.http2.Http2Violation;
import dev.ambit.domain.http2.PeerSettings;
import dev.ambit.ports.transport.TransportLimits;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The accepting end of a tunnel. */
public final class ServerSession extends Http2Session {
    /** Payload of the ping that finds out when the peer has seen our first GOAWAY. */
    private static final long DRAIN_PING = 0x616d6269742d6761L;

    private final BiConsumer<HboneStream, ConnectRequest> acceptor;
    private int lastStream;
    private Runnable whenHeard = () -> {};
    private boolean goingAway;

    /** @param acceptor must accept or refuse each stream, now or later, unless it is lost first */
    public ServerSession(TransportLimits limits, SessionOwner owner, BiConsumer<HboneStream, ConnectRequest> acceptor) {
        super(true, limits, TransportLimits.SERVER_HEADER_LIST_BYTES_MAX, owner);
        this.acceptor = acceptor;
    }

    @Override
    void greet(FrameWriter writer) {
        writer.settings(
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
            refuse(opened);
            return;
        }
        acceptor.accept(
                opened,
                new ConnectRequest(
                        text(headers.method()),
                        text(headers.authority()),
                        new HboneHeaders(
                                SessionFrames.joined(headers, "baggage"),
                                text(headers.get("forwarded")),
                                text(headers.get("traceparent")),
                                Optional.ofNullable(headers.get("x-forwarded-network"))
                                        .map(CharSequence::toString))));
        if (ends && !opened.isOver()) {
            opened.dataEnds();
        }
    }

    @Override
    void badHeaders(int stream, @Nullable HboneStream known, String error) throws Http2Violation {
        if (known != null) {
            known.breach(ErrorCode.PROTOCOL_ERROR, error);
        } else if (opens(stream, null, true)) {
            HboneStream opened = newStream(stream);
            guard.count(FloodGuard.Kind.EARLY_RESET, System.nanoTime());
            reset(opened, ErrorCode.PROTOCOL_ERROR);
            opened.lose(error);
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

    private void refuse(HboneStream stream) throws Http2Violation {
        guard.count(FloodGuard.Kind.EARLY_RESET, System.nanoTime());
        reset(stream, ErrorCode.REFUSED_STREAM);
        stream.lose("too many streams");
    }

    private static String text(@Nullable CharSequence value) {
        return value == null ? "" : value.toString();
    }

    @Override
    void peerReset(HboneStream stream, long code) throws Http2Violation {
        if (!stream.isAnswered()) {
            guard.count(FloodGuard.Kind.EARLY_RESET, System.nanoTime());
            stream.lose("");
        } else {
            stream.peerReset(code);
        }
    }

    /** As below, for who need not know when the peer has seen it. */
    public void goAway() {
        goAway(() -> {});
    }

    /**
     * Tells the peer to open no more streams (RFC 9113, section 6.8): first without naming a last stream, so that
     * streams under way to us are still carried, then for good when the peer has answered a ping.
     *
     * @param heard runs when the peer has seen it; never, should the session end before
     */
    public void goAway(Runnable heard) {
        if (goingAway) {
            heard.run();
        } else if (!isOver()) {
            whenHeard = heard;
            writer().goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR);
            writer().ping(DRAIN_PING, false);
            flushSoon();
        }
    }

    @Override
    void pong(long payload) {
        if (payload == DRAIN_PING && !goingAway) {
            goingAway = true;
            writer().goAway(lastStream, ErrorCode.NO_ERROR);
            flushSoon();
            whenHeard.run();
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
