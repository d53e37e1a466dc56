package dev.ambit.adapters.netty.http2;

import static dev.ambit.adapters.netty.http2.Frames.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.ports.transport.TransportLimits;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who has to wait for whom on a tunnel. */
@Timeout(60)
class FairTurnsTest {
    private static final int WINDOW = 65_535;

    private final ClientSession session = new ClientSession(TransportLimits.ISTIO, new RecordingOwner(), () -> {});
    private final Wire wire = new Wire(session);

    @BeforeEach
    void greet() {
        wire.send(SETTINGS);
        wire.written();
    }

    private HboneStream stream() {
        return session.connect("10.0.0.9:80", new HboneHeaders("", "", ""), new ClientSession.Response() {
            @Override
            public void accepted(HboneStream stream, String baggage) {
                // Only what is sent matters here.
            }

            @Override
            public void refused(String error, boolean untouched) {
                throw new AssertionError(error);
            }
        });
    }

    /** The streams of the DATA frames written since the last call. */
    private List<Integer> turns() {
        byte[] written = wire.written();
        var streams = new ArrayList<Integer>();
        for (int at = 0; at < written.length; at += 9 + length(written, at)) {
            if (written[at + 3] == 0) {
                streams.add((int) written[at + 8]);
            }
        }
        return streams;
    }

    private static int length(byte[] frames, int at) {
        return ((frames[at] & 0xff) << 16) | ((frames[at + 1] & 0xff) << 8) | (frames[at + 2] & 0xff);
    }

    private static void put(HboneStream stream, int bytes) {
        stream.send(Unpooled.buffer(bytes).writeZero(bytes));
        stream.flush();
    }

    @Test
    void aMessageGoesBeforeTheBulkThatWasThereFirst() {
        HboneStream bulk = stream();
        HboneStream chat = stream();

        put(bulk, 50_000);
        put(chat, 100);

        assertThat(turns()).startsWith(3, 1);
    }

    @Test
    void bulkTakesTurns() {
        HboneStream first = stream();
        HboneStream second = stream();

        put(first, 60_000);
        put(second, 60_000);

        assertThat(turns()).startsWith(1, 3);
    }

    @Test
    void whatSeveralStreamsHaveIsWrittenAtOnce() {
        HboneStream first = stream();
        HboneStream second = stream();
        wire.written();

        put(first, 10);
        put(second, 10);

        assertThat(wire.channel.outboundMessages()).isEmpty();
        assertThat(turns()).containsExactly(1, 3);
    }

    @Test
    void aTunnelWhoseWindowIsUsedUpIsCongested() {
        assertThat(session.isCongested()).isFalse();

        put(stream(), WINDOW + 1);
        turns();
        assertThat(session.isCongested()).isTrue();

        wire.send(Wire.window(0, WINDOW), Wire.window(1, WINDOW));
        turns();
        assertThat(session.isCongested()).isFalse();
    }
}
