package dev.ambit.adapters.netty.http2;

import static dev.ambit.adapters.netty.http2.Frames.PREFACE;
import static dev.ambit.adapters.netty.http2.Frames.SETTINGS;
import static dev.ambit.adapters.netty.http2.Frames.frame;
import static dev.ambit.adapters.netty.http2.Frames.join;
import static dev.ambit.adapters.netty.http2.Wire.window;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.ports.transport.TransportLimits;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a tunnel's dialling end writes, and what becomes of requests. */
@Timeout(60)
class ClientSessionTest {
    private static final HboneHeaders HEADERS =
            new HboneHeaders("k8s.namespace.name=shop", "for=\"10.0.0.1:1\"", "00-1");

    private final List<String> answers = new ArrayList<>();
    private final ClientSession session = new ClientSession(TransportLimits.ISTIO, new RecordingOwner(), () -> {});
    private final Wire wire = new Wire(session);

    private void connect() {
        session.connect("10.0.0.9:80", HEADERS, new ClientSession.Response() {
            @Override
            public void accepted(HboneStream stream, String baggage) {
                answers.add("accepted");
            }

            @Override
            public void refused(String error, boolean untouched) {
                answers.add((untouched ? "untouched: " : "refused: ") + error);
            }
        });
    }

    @Test
    void greetsAsIstioGreets() {
        assertThat(wire.written())
                .isEqualTo(join(
                        PREFACE,
                        frame(4, 0, 0, 0, 2, 0, 0, 0, 0, 0, 4, 0, 0x40, 0, 0, 0, 5, 0, 0x10, 0, 0, 0, 6, 0, 0, 0x40, 0),
                        window(0, 16_711_681)));
    }

    @Test
    void requestHasIstiosHeadersInIstiosOrder() throws Http2Exception {
        wire.written();
        connect();
        byte[] request = wire.written();
        assertThat(Arrays.copyOfRange(request, 3, 9))
                .as("HEADERS, END_HEADERS, stream 1")
                .containsExactly(1, 4, 0, 0, 0, 1);
        var decoder = new DefaultHttp2HeadersDecoder(true, 8192);
        List<String> names = new ArrayList<>();
        decoder.decodeHeaders(1, Unpooled.wrappedBuffer(request, 9, request.length - 9))
                .forEach(header -> names.add(header.getKey() + "=" + header.getValue()));
        assertThat(names)
                .containsExactly(
                        ":method=CONNECT",
                        ":authority=10.0.0.9:80",
                        "baggage=" + HEADERS.baggage(),
                        "forwarded=" + HEADERS.forwarded(),
                        "traceparent=" + HEADERS.traceparent());
    }

    @Test
    void requestsThatGoAwayDoesNotCoverMayBeSentAgain() {
        wire.send(SETTINGS);
        connect();
        connect();
        wire.send(frame(7, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0));
        assertThat(answers).containsExactly("untouched: peer is going away");
        assertThat(session.room()).isZero();
        wire.send(frame(1, 4, 1, 0x88));
        assertThat(answers).last().isEqualTo("accepted");
    }

    @Test
    void refusedStreamMayBeSentAgainAndOtherResetsMayNot() {
        wire.send(SETTINGS);
        connect();
        connect();
        wire.send(frame(3, 0, 1, 0, 0, 0, 7), frame(3, 0, 3, 0, 0, 0, 2));
        assertThat(answers)
                .containsExactly(
                        "untouched: stream reset by peer: REFUSED_STREAM",
                        "refused: stream reset by peer: INTERNAL_ERROR");
    }

    @Test
    void roomIsWhatBothEndsAllow() {
        assertThat(session.room()).isEqualTo(100);
        wire.send(Wire.setting(3, 2));
        connect();
        assertThat(session.room()).isEqualTo(1);
        connect();
        assertThat(session.room()).isZero();
    }
}
