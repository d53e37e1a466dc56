package dev.ambit.adapters.netty.http2;

import static dev.ambit.adapters.netty.http2.Frames.PREFACE;
import static dev.ambit.adapters.netty.http2.Frames.SETTINGS;
import static dev.ambit.adapters.netty.http2.Frames.frame;
import static dev.ambit.adapters.netty.http2.Wire.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.netty.relay.BufferBudget;
import dev.ambit.domain.http2.Http2Violation;
import dev.ambit.ports.transport.TransportLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes of a stream that come before anybody takes them: they count, and are let go with the stream. */
@Timeout(60)
class EarlyBytesTest {
    private static final int SENT = 100_000;

    private final BufferBudget budget = new BufferBudget(1 << 20, new BufferBudget.Node(1 << 30), _ -> {});
    private final List<HboneStream> streams = new ArrayList<>();
    private final Wire wire = new Wire(new ServerSession(
            TransportLimits.ISTIO,
            new SessionOwner() {
                @Override
                public void ready() {
                    // Nobody waits for it.
                }

                @Override
                public void over(String error, boolean tls) {
                    // The tests look at the wire.
                }

                @Override
                public BufferBudget buffers() {
                    return budget;
                }
            },
            (stream, _) -> streams.add(stream)));

    @BeforeEach
    void sendBeforeTheAnswer() {
        wire.send(PREFACE, SETTINGS, request(1, "CONNECT", "10.0.0.1:80"), frame(0, 0, 1, new byte[SENT]));
        assertThat(budget.held()).isEqualTo(SENT);
    }

    @Test
    void ofAStreamThatIsRefused() {
        streams.getFirst().refuse(401);

        assertThat(budget.held()).isZero();
    }

    @Test
    void ofAStreamThatIsGivenUp() {
        streams.getFirst().abort();

        assertThat(budget.held()).isZero();
    }

    @Test
    void ofAStreamThatItsPeerGivesUpBeforeTheAnswer() {
        wire.send(frame(3, 0, 1, 0, 0, 0, 8));

        assertThat(budget.held()).isZero();
    }

    /** CANCEL is how some say that they are done, so what they sent counts until the stream is given up. */
    @Test
    void ofAStreamThatItsPeerCancelled() {
        streams.getFirst().accept("");
        wire.send(frame(3, 0, 1, 0, 0, 0, 8));
        assertThat(budget.held()).isEqualTo(SENT);
        streams.getFirst().abort();

        assertThat(budget.held()).isZero();
    }

    @Test
    void moreThanTheWorkloadMayHold() throws Http2Violation {
        var lost = new AtomicBoolean();
        streams.getFirst().whenLost(() -> lost.set(true));
        wire.heard();

        wire.send(frame(0, 0, 1, new byte[1 << 20]));

        assertThat(wire.heard()).contains("reset 1 10");
        assertThat(lost).isTrue();
        assertThat(budget.held()).isZero();
    }
}
