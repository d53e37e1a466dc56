package dev.ambit.adapters.netty.http2;

import dev.ambit.adapters.netty.relay.Leg;
import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.domain.http2.ErrorCode;
import dev.ambit.domain.http2.Http2Violation;
import dev.ambit.domain.http2.PeerSettings;
import dev.ambit.ports.transport.TransportLimits;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** The dialling end of a tunnel. */
public final class ClientSession extends Http2Session {

    /** Hears once what became of a CONNECT. */
    public interface Response {
        /**
         * Status 200: the stream carries bytes now.
         *
         * @param baggage describes who answers; empty if the answer has none
         */
        void accepted(HboneStream stream, String baggage);

        /**
         * Any other answer, or none.
         *
         * @param error one line
         * @param untouched whether the peer promises that it did nothing, so that the request may be sent again
         */
        void refused(String error, boolean untouched);
    }

    private final IntObjectMap<Response> unanswered = new IntObjectHashMap<>();
    private final Runnable streamEnded;
    private int nextStream = 1;
    private boolean goingAway;
    private boolean retired;

    /** @param streamEnded runs whenever there is room for one more stream again */
    public ClientSession(TransportLimits limits, SessionOwner owner, Runnable streamEnded) {
        super(false, limits, TransportLimits.CLIENT_HEADER_LIST_BYTES_MAX, owner);
        this.streamEnded = streamEnded;
    }

    @Override
    void greet(FrameWriter writer) {
        writer.preface();
        writer.settings(
                PeerSettings.ENABLE_PUSH,
                0,
                PeerSettings.INITIAL_WINDOW_SIZE,
                limits.tunnels().streamWindowBytes(),
                PeerSettings.MAX_FRAME_SIZE,
                limits.tunnels().frameBytes(),
                PeerSettings.MAX_HEADER_LIST_SIZE,
                TransportLimits.CLIENT_HEADER_LIST_BYTES_MAX);
    }

    /** How many more streams may be opened now. */
    public int room() {
        if (goingAway || isOver() || nextStream < 0) {
            return 0;
        }
        long max = Math.min(limits.tunnels().streamsMax(), peer.streamsMax());
        return (int) Math.max(0, max - streams.size());
    }

    public int open() {
        return streams.size();
    }

    /** Asks for a connection to the authority. There must be {@link #room}. */
    public HboneStream connect(String authority, HboneHeaders headers, Response response) {
        int id = nextStream;
        nextStream += 2;
        HboneStream stream = newStream(id);
        unanswered.put(id, response);
        stream.whenLost(() -> refuse(id, "tunnel closed before an answer", false));
        Http2Headers request = new DefaultHttp2Headers(false).method("CONNECT").authority(authority);
        add(request, "baggage", headers.baggage());
        add(request, "forwarded", headers.forwarded());
        add(request, "traceparent", headers.traceparent());
        headers.network().ifPresent(network -> request.add("x-forwarded-network", network));
        sendHeaders(id, request, false);
        return stream;
    }

    private static void add(Http2Headers request, String name, String value) {
        if (!value.isEmpty()) {
            request.add(name, value);
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
        Response response = unanswered.get(stream);
        String status = String.valueOf(headers.status());
        if (response != null && status.length() == 3 && status.startsWith("1")) {
            return;
        }
        if (response != null && !status.equals("200")) {
            refuse(stream, "http status: " + status, false);
            reset(known, ErrorCode.CANCEL);
            known.lose("");
            return;
        }
        if (response != null) {
            unanswered.remove(stream);
            known.markAnswered();
            response.accepted(known, SessionFrames.joined(headers, "baggage"));
        }
        if (ends && !known.isOver()) {
            known.dataEnds();
        }
    }

    @Override
    void badHeaders(int stream, @Nullable HboneStream known, String error) {
        if (known != null) {
            refuse(stream, error, false);
            reset(known, ErrorCode.PROTOCOL_ERROR);
            known.lose(error);
        }
    }

    @Override
    void peerReset(HboneStream stream, long code) throws Http2Violation {
        refuse(stream.id(), "stream reset by peer: " + ErrorCode.name(code), ErrorCode.REFUSED_STREAM.is(code));
        super.peerReset(stream, code);
    }

    private void refuse(int stream, String error, boolean untouched) {
        Response response = unanswered.remove(stream);
        if (response != null) {
            response.refused(error, untouched);
        }
    }

    /** This session's bytes are another tunnel's stream: what ends that on purpose ends this one for the same reason. */
    public void carriedBy(Leg outer) {
        ending.carriedBy(outer);
    }

    /** Takes no more streams, and ends after the last one. */
    public void retire() {
        if (!retired && !isOver()) {
            retired = true;
            goingAway = true;
            endIfUnused();
        }
    }

    private void endIfUnused() {
        if (retired && streams.isEmpty()) {
            close();
        }
    }

    @Override
    void streamForgotten() {
        streamEnded.run();
        if (retired) {
            // Later, because the session is in the middle of something.
            loop().execute(this::endIfUnused);
        }
    }

    @Override
    void peerGoesAway(int last, long code) {
        goingAway = true;
        for (HboneStream stream : new ArrayList<>(streams.values())) {
            if (stream.id() > last) {
                refuse(stream.id(), "peer is going away", true);
                stream.lose("peer is going away: " + ErrorCode.name(code));
            }
        }
        streamEnded.run();
    }

    @Override
    void pong(long payload) {
        // Only the keep-alive asks.
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
