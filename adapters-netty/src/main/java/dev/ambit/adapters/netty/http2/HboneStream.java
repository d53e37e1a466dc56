package dev.ambit.adapters.netty.http2;

import dev.ambit.adapters.netty.relay.BufferBudget;
import dev.ambit.adapters.netty.relay.ByteQueue;
import dev.ambit.adapters.netty.relay.Leg;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.http2.ErrorCode;
import dev.ambit.domain.http2.FloodGuard;
import dev.ambit.domain.http2.Http2Violation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.Optional;

/** A CONNECT stream of a tunnel as one end of a connection, with its two flow-control windows. */
public final class HboneStream extends Leg {
    private static final int BAD_REQUEST = 400;

    /** Two TLS records' worth. */
    private static final int BULK_BYTES_MIN = 32 << 10;

    private final Http2Session session;
    private final int id;
    private final ByteQueue waiting = new ByteQueue();
    private long sendWindow;
    private int receiveWindow;
    private int buffered;
    private boolean answered;
    private boolean ending;
    private boolean endSent;
    private boolean endReceived;
    private boolean over;
    private boolean queued;

    HboneStream(Http2Session session, int id, int sendWindow, int receiveWindow) {
        this.session = session;
        this.id = id;
        this.sendWindow = sendWindow;
        this.receiveWindow = receiveWindow;
    }

    int id() {
        return id;
    }

    public EventLoop loop() {
        return session.loop();
    }

    /** Server side: 200, with the destination's baggage when there is any. Bytes may follow. */
    public void accept(String baggage) {
        answered = true;
        if (!over) {
            session.respond(this, 200, baggage, false);
        }
    }

    /** Server side: any other status, which ends the stream and leaves the tunnel alone. */
    public void refuse(int status) {
        answered = true;
        if (!over) {
            session.respond(this, status, "", true);
            endSent = true;
            if (!endReceived) {
                session.reset(this, ErrorCode.NO_ERROR);
            }
            drop();
            if (status == BAD_REQUEST) {
                session.malformed();
            }
        }
        forgetEarly();
    }

    /** The way that this tunnel is was left: no new streams for it, and GOAWAY as soon as the last one is over. */
    public void leaveTunnel() {
        if (session instanceof ClientSession tunnel) {
            tunnel.retire();
        }
    }

    boolean isAnswered() {
        return answered;
    }

    void markAnswered() {
        answered = true;
    }

    boolean isOver() {
        return over;
    }

    // What the session delivers.

    void dataBegins(int bytes, int padding) throws Http2Violation {
        receiveWindow -= bytes;
        if (receiveWindow < 0) {
            throw new Http2Violation(ErrorCode.FLOW_CONTROL_ERROR, "stream " + id + " overran its window");
        }
        buffered += bytes;
        if (padding > 0) {
            credit(padding);
        }
    }

    boolean isEndReceived() {
        return endReceived;
    }

    /** How many bytes the peer may still send. */
    int receivable() {
        return endReceived ? 0 : receiveWindow;
    }

    void data(ByteBuf piece) {
        received(piece);
    }

    void dataComplete() {
        receivedAll();
    }

    void dataEnds() {
        endReceived = true;
        receivedEnd();
        receivedAll();
    }

    /** RST_STREAM: NO_ERROR and CANCEL are how an HTTP/2 library says that it is done. */
    void peerReset(long code) {
        drop();
        if (ErrorCode.NO_ERROR.is(code) || ErrorCode.CANCEL.is(code)) {
            receivedClose();
        } else {
            boolean ordinary = ErrorCode.CONNECT_ERROR.is(code);
            failed(ordinary ? "" : "stream reset by peer: " + ErrorCode.name(code));
        }
    }

    /** The tunnel is gone, or the stream broke the rules. */
    void lose(String error) {
        drop();
        failed(error);
    }

    /** The peer broke the rules of this stream, which ends it; a peer that does so all the time loses its tunnel. */
    void breach(ErrorCode code, String error) throws Http2Violation {
        session.guard.count(FloodGuard.Kind.BROKEN_STREAM, System.nanoTime());
        session.reset(this, code);
        lose(error);
    }

    boolean grow(long increment) {
        sendWindow += increment;
        return sendWindow <= Integer.MAX_VALUE;
    }

    // What the other leg asks for.

    @Override
    protected void send(ByteBuf data) {
        if (over || ending) {
            data.release();
        } else {
            waiting.add(session.allocator(), data);
            session.ready(this);
        }
    }

    @Override
    protected void flush() {
        session.flushSoon();
    }

    @Override
    protected void sendEnd() {
        ending = true;
        if (!over) {
            session.ready(this);
            session.flushSoon();
        }
    }

    @Override
    protected void credit(int bytes) {
        if (over) {
            return;
        }
        buffered -= bytes;
        session.consumed(bytes);
        int window = ahead(session.streamWindow());
        int target = window - buffered;
        if (!endReceived && target - receiveWindow >= window / 2) {
            session.windowUpdate(id, target - receiveWindow);
            receiveWindow = target;
        }
    }

    @Override
    protected void resume() {
        // Data flows as soon as the window allows; there is nothing to turn on.
    }

    @Override
    public void abort() {
        if (!over) {
            session.reset(this, ErrorCode.CONNECT_ERROR);
            drop();
        }
        forgetEarly();
    }

    /** The other leg may be gone while the peer still sends: nobody would take that, nor open the window again. */
    @Override
    protected void close() {
        if (!over && !endReceived) {
            session.reset(this, session.done());
        }
        drop();
    }

    @Override
    public Optional<RefusalReason> endedFor() {
        return session.ending.reason();
    }

    @Override
    protected BufferBudget budget() {
        return session.owner.buffers();
    }

    @Override
    protected ByteBufAllocator allocator() {
        return session.allocator();
    }

    /** Takes its place among the streams that have something to send; false if it has one. */
    boolean queue() {
        boolean placed = !queued;
        queued = true;
        return placed;
    }

    void unqueue() {
        queued = false;
    }

    boolean isQueued() {
        return queued;
    }

    /** Whether what waits is more than a message. */
    boolean isBulk() {
        return waiting.bytes() > BULK_BYTES_MIN;
    }

    /** Whether there is something the stream's own window lets through. */
    boolean canTransmit() {
        return !over && ((!waiting.isEmpty() && sendWindow > 0) || (ending && waiting.isEmpty() && !endSent));
    }

    /** Writes one frame at most. Returns how many bytes it took from the tunnel's window. */
    int transmit(FrameWriter writer, int bytesMax) {
        if (waiting.isEmpty()) {
            endSent = true;
            writer.endStream(id);
            drained();
            return 0;
        }
        ByteBuf piece = waiting.poll((int) Math.min(bytesMax, sendWindow));
        int bytes = piece.readableBytes();
        sendWindow -= bytes;
        endSent = ending && waiting.isEmpty();
        writer.data(id, piece, endSent);
        written(bytes);
        if (endSent) {
            drained();
        }
        return bytes;
    }

    private void drop() {
        if (!over) {
            over = true;
            waiting.clear();
            session.forget(this, buffered);
            buffered = 0;
        }
    }
}
