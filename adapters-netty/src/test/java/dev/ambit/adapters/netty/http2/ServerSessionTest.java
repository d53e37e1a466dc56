package dev.ambit.adapters.netty.http2;

import static dev.ambit.adapters.netty.http2.Frames.PREFACE;
import static dev.ambit.adapters.netty.http2.Frames.SETTINGS;
import static dev.ambit.adapters.netty.http2.Frames.frame;
import static dev.ambit.adapters.netty.http2.Frames.join;
import static dev.ambit.adapters.netty.http2.Wire.request;
import static dev.ambit.adapters.netty.http2.Wire.setting;
import static dev.ambit.adapters.netty.http2.Wire.window;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.http2.Http2Violation;
import dev.ambit.ports.transport.TransportLimits;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Windows, floods and the clock of a tunnel's accepting end. */
@Timeout(60)
class ServerSessionTest {
    private static final String ENHANCE_YOUR_CALM = "goaway 1 11";

    private final RecordingOwner owner = new RecordingOwner();
    private final List<HboneStream> streams = new ArrayList<>();
    private final Wire wire = new Wire(new ServerSession(TransportLimits.ISTIO, owner, (stream, request) -> {
        if (request.method().equals("CONNECT")) {
            streams.add(stream);
        } else {
            stream.refuse(400);
        }
    }));

    /** A stream that is accepted, of a client that begins with this window. */
    private HboneStream accepted(int window) {
        wire.send(PREFACE, setting(4, window), request(1, "CONNECT", "10.0.0.1:80"));
        streams.getFirst().accept("");
        assertThat(wire.written()).isNotEmpty();
        return streams.getFirst();
    }

    private List<String> send(HboneStream stream, int bytes) throws Http2Violation {
        stream.send(Unpooled.wrappedBuffer(new byte[bytes]));
        stream.flush();
        return wire.heard();
    }

    @Test
    void announcesWhatIstioAnnounces() {
        assertThat(wire.written())
                .isEqualTo(join(
                        frame(4, 0, 0, 0, 3, 0, 0, 0, 200, 0, 4, 0, 0x40, 0, 0, 0, 5, 0, 0x10, 0, 0, 0, 6, 0, 1, 0, 0),
                        window(0, 16_711_681)));
    }

    @Test
    void windowThatShrinksBelowZeroHasToBeEarnedBack() throws Http2Violation {
        HboneStream stream = accepted(10);
        assertThat(send(stream, 25)).contains("data 1 10 0 false");
        wire.send(setting(4, 5));
        assertThat(wire.heard()).as("window is -5").containsExactly("settings ack");
        wire.send(window(1, 5));
        assertThat(wire.heard()).as("window is 0").isEmpty();
        wire.send(window(1, 3));
        assertThat(wire.heard()).contains("data 1 3 0 false");
        wire.send(setting(4, 20));
        assertThat(wire.heard()).contains("data 1 12 0 false");
    }

    @Test
    void tunnelsWindowHoldsBackAllStreams() throws Http2Violation {
        HboneStream stream = accepted(1 << 20);
        assertThat(send(stream, 70_000)).contains("data 1 16384 0 false", "data 1 16383 0 false");
        wire.send(window(0, 100));
        assertThat(wire.heard()).contains("data 1 100 0 false");
    }

    @Test
    void streamsWindowThatOverflowsEndsTheStream() throws Http2Violation {
        accepted(10);
        wire.send(window(1, Integer.MAX_VALUE));
        assertThat(wire.heard()).containsExactly("reset 1 3");
        assertThat(wire.isOpen()).isTrue();
    }

    @Test
    void incrementOfZeroEndsTheStream() throws Http2Violation {
        accepted(10);
        wire.send(window(1, 0));
        assertThat(wire.heard()).containsExactly("reset 1 1");
    }

    @Test
    void tunnelsWindowThatOverflowsEndsTheTunnel() throws Http2Violation {
        accepted(10);
        wire.send(window(0, Integer.MAX_VALUE));
        assertThat(wire.heard()).contains("goaway 1 3");
        assertThat(wire.isOpen()).isFalse();
    }

    @Test
    void initialWindowThatOverflowsOneOfStreamEndsTheTunnel() throws Http2Violation {
        accepted(10);
        wire.send(window(1, Integer.MAX_VALUE - 10), setting(4, 11));
        assertThat(wire.heard()).contains("goaway 1 3");
        assertThat(wire.isOpen()).isFalse();
    }

    @Test
    void peerThatOverrunsStreamsWindowIsDisconnected() throws Http2Violation {
        accepted(10);
        byte[] megabyte = frame(0, 0, 1, new byte[1 << 20]);
        wire.send(megabyte, megabyte, megabyte, megabyte);
        assertThat(wire.isOpen()).isTrue();
        wire.send(frame(0, 0, 1, 1));
        assertThat(wire.heard()).contains("goaway 1 3");
        assertThat(wire.isOpen()).isFalse();
    }

    @Test
    void peerThatSendsNothingButBadRequestsIsDisconnected() throws Http2Violation {
        wire.send(PREFACE, SETTINGS);
        int stream = 1;
        while (stream <= 2 * 400) {
            wire.send(request(stream, "GET", "10.0.0.1:80"));
            stream += 2;
        }
        assertThat(wire.isOpen()).as("after 400").isTrue();
        wire.send(request(stream, "GET", "10.0.0.1:80"));
        assertThat(wire.isOpen()).isFalse();
        assertThat(wire.heard()).contains("goaway " + stream + " 11");
        assertThat(owner.events).last().asString().contains("MALFORMED_REQUEST");
    }

    @Test
    void peerThatSendsOnClosedStreamsWithoutEndIsDisconnected() throws Http2Violation {
        accepted(10);
        wire.send(frame(3, 0, 1, 0, 0, 0, 8));
        byte[] thousand =
                join(java.util.Collections.nCopies(1_000, window(1, 1)).toArray(byte[][]::new));
        for (int i = 0; i < 100; i++) {
            wire.send(thousand);
        }
        assertThat(wire.isOpen()).as("what may honestly be under way").isTrue();
        wire.send(window(1, 1));
        assertThat(wire.heard()).contains(ENHANCE_YOUR_CALM);
        assertThat(wire.isOpen()).isFalse();
    }

    @Test
    void peerThatSendsMoreOnAStreamWeResetThanItsWindowHeldIsDisconnected() throws Http2Violation {
        accepted(10).abort();
        byte[] megabyte = frame(0, 0, 1, new byte[1 << 20]);
        wire.send(megabyte, megabyte, megabyte, frame(0, 0, 1, new byte[(1 << 20) - 110_000]));
        assertThat(wire.heard()).contains("reset 1 10");
        byte[] thousand =
                join(java.util.Collections.nCopies(1_000, frame(0, 0, 1, 1)).toArray(byte[][]::new));
        for (int i = 0; i < 110 + 100; i++) {
            wire.send(thousand);
        }
        assertThat(wire.isOpen()).as("the rest of the window, and a margin").isTrue();
        wire.send(frame(0, 0, 1, 1));
        assertThat(wire.heard()).contains(ENHANCE_YOUR_CALM);
        assertThat(wire.isOpen()).isFalse();
    }

    @Test
    void peerThatSendsHeadersOnClosedStreamsWithoutEndIsDisconnected() throws Http2Violation {
        accepted(10);
        wire.send(frame(3, 0, 1, 0, 0, 0, 8));
        for (int i = 0; i < 5_000; i++) {
            wire.send(request(1, "CONNECT", "10.0.0.1:80"));
        }
        assertThat(wire.isOpen()).as("after 5000").isTrue();
        wire.send(request(1, "CONNECT", "10.0.0.1:80"));
        assertThat(wire.heard()).contains(ENHANCE_YOUR_CALM);
        assertThat(wire.isOpen()).isFalse();
    }

    @Test
    void pingsAndClosesWhenNobodyAnswers() throws Http2Violation {
        wire.send(PREFACE, SETTINGS);
        assertThat(wire.written()).isNotEmpty();
        pass(10);
        assertThat(wire.heard()).containsExactly("ping 1 false");
        wire.send(frame(6, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1));
        pass(10);
        assertThat(wire.heard()).containsExactly("ping 2 false");
        pass(19);
        assertThat(wire.isOpen()).isTrue();
        pass(1);
        assertThat(wire.heard()).containsExactly("goaway 0 0");
        assertThat(wire.isOpen()).isFalse();
        assertThat(owner.events).last().asString().contains("did not answer a ping");
    }

    /** Nothing else may come before the rest of the frame, so no answer can either. */
    @Test
    void peerThatStopsInsideAFrameIsDisconnected() throws Http2Violation {
        byte[] whole = request(1, "CONNECT", "10.0.0.1:80");
        wire.send(PREFACE, SETTINGS, java.util.Arrays.copyOf(whole, whole.length - 1));
        pass(10);
        pass(20);
        assertThat(wire.isOpen()).isFalse();
        assertThat(streams).isEmpty();
    }

    @Test
    void peerThatBreaksStreamsWithoutEndIsDisconnected() throws Http2Violation {
        wire.send(PREFACE, SETTINGS);
        int stream = 1;
        while (stream <= 2 * 400) {
            wire.send(
                    request(stream, "CONNECT", "10.0.0.1:80"), window(stream, stream % 4 == 1 ? 0 : Integer.MAX_VALUE));
            stream += 2;
        }
        assertThat(wire.isOpen()).as("after 400").isTrue();
        wire.send(request(stream, "CONNECT", "10.0.0.1:80"), frame(0, 1, stream), frame(0, 0, stream, 1));
        assertThat(wire.isOpen()).isFalse();
        assertThat(owner.events).last().asString().contains("BROKEN_STREAM");
    }

    @Test
    void peerWithoutSettingsIsDisconnected() {
        pass(9);
        assertThat(wire.isOpen()).isTrue();
        pass(1);
        assertThat(wire.isOpen()).isFalse();
        assertThat(owner.events).last().asString().contains("no HTTP/2 settings");
    }

    private void pass(int seconds) {
        wire.channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        wire.channel.runScheduledPendingTasks();
    }
}
