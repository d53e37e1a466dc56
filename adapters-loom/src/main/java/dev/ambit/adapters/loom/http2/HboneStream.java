package dev.ambit.adapters.loom.http2;

import dev.ambit.adapters.loom.stream.Duplex;
import dev.ambit.adapters.loom.stream.ErrorText;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.http2.ErrorCode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A CONNECT stream of a tunnel as one end of a connection, with its two flow-control windows (RFC 9113, section 5.2). What
 * arrives waits here, at most a window of it, until it is read. Everything is guarded by the session's lock.
 */
public final class HboneStream implements Duplex {
    private static final int BAD_REQUEST = 400;

    private final Http2Session session;
    private final int id;
    private final Condition changed;
    private final Unread arrived;
    private long sendWindow;
    private int receiveWindow;
    private int unread;
    private @Nullable String answer;
    private @Nullable IOException failure;
    private @Nullable Consumer<IOException> hears;
    private boolean untouched;
    private volatile boolean endSent;
    private boolean endReceived;
    private boolean deaf;
    private boolean over;

    HboneStream(Http2Session session, int id, int sendWindow, int receiveWindow) {
        this.session = session;
        this.id = id;
        this.sendWindow = sendWindow;
        this.receiveWindow = receiveWindow;
        this.changed = session.lock.newCondition();
        this.arrived = new Unread(session.buffers);
    }

    int id() {
        return id;
    }

    // Duplex.

    @Override
    public int read(ByteBuffer into) throws IOException {
        session.lock.lock();
        try {
            while (arrived.bytes() == 0 && !endReceived && failure == null) {
                await();
            }
            if (arrived.bytes() == 0 && failure != null) {
                throw failure;
            }
            return arrived.bytes() == 0 ? -1 : take(into);
        } finally {
            session.lock.unlock();
        }
    }

    private int take(ByteBuffer into) {
        int bytes = arrived.moveTo(into);
        credit(bytes);
        if (deaf && arrived.bytes() == 0) {
            changed.signalAll();
        }
        return bytes;
    }

    @Override
    public int available() {
        session.lock.lock();
        try {
            return arrived.bytes();
        } finally {
            session.lock.unlock();
        }
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            int bytes = reserve(from.remaining());
            session.output.data(id, from, bytes, false);
        }
    }

    /** Waits for windows that let something through. What a peer that takes no more has sent is read before it is told. */
    private int reserve(int wanted) throws IOException {
        session.lock.lock();
        try {
            while (failure == null && (deaf ? arrived.bytes() > 0 : isStalled())) {
                await();
            }
            if (failure != null) {
                throw failure;
            }
            if (deaf) {
                throw new ErrorText.Reset("peer takes no more");
            }
            long allowed = Math.min(Math.min(wanted, session.frameBytes()), session.windows.sendable());
            int bytes = (int) Math.min(allowed, sendWindow);
            sendWindow -= bytes;
            session.windows.sent(bytes);
            return bytes;
        } finally {
            session.lock.unlock();
        }
    }

    private boolean isStalled() {
        return sendWindow <= 0 || session.windows.sendable() <= 0;
    }

    @Override
    public void shutdownOutput() throws IOException {
        session.lock.lock();
        try {
            if (failure != null) {
                throw failure;
            }
            if (endSent || deaf) {
                return;
            }
            endSent = true;
        } finally {
            session.lock.unlock();
        }
        session.output.data(id, ByteBuffer.allocate(0), 0, true);
        session.lock.lock();
        try {
            forgetIfDone();
        } finally {
            session.lock.unlock();
        }
    }

    /**
     * RST_STREAM with CONNECT_ERROR: the TCP connection of the other end failed (RFC 9113, section 8.5). Once we have sent our
     * end, all that is left to say is that nobody takes what still comes.
     */
    @Override
    public void abort() {
        reset(endSent ? session.done() : ErrorCode.CONNECT_ERROR, "stream was aborted");
    }

    @Override
    public void close() {
        reset(session.done(), "stream was closed");
    }

    private void reset(ErrorCode code, String why) {
        session.lock.lock();
        try {
            if (!over) {
                session.reset(this, code);
            }
            lose(new ErrorText.Reset(why), false);
        } finally {
            session.lock.unlock();
        }
    }

    @Override
    public Optional<RefusalReason> endedFor() {
        return session.endedFor();
    }

    // Answers.

    /** Server side: 200, with the destination's baggage when there is any. Bytes may follow. */
    public void accept(String baggage) {
        session.lock.lock();
        try {
            answer = baggage;
            if (!over) {
                session.respond(id, 200, baggage, false);
            }
        } finally {
            session.lock.unlock();
        }
    }

    /** Server side: any other status, which ends the stream and leaves the tunnel alone. */
    public void refuse(int status) {
        session.lock.lock();
        try {
            answer = "";
            if (!over) {
                session.respond(id, status, "", true);
                if (!endReceived) {
                    session.reset(this, ErrorCode.NO_ERROR);
                }
                lose(new ErrorText.Reset("refused with " + status), false);
                if (status == BAD_REQUEST) {
                    session.malformed();
                }
            }
        } finally {
            session.lock.unlock();
        }
    }

    /**
     * Client side: waits for the answer to CONNECT.
     *
     * @return the baggage that came with status 200, which describes who answers
     * @throws NotAccepted for any other answer, or none
     */
    public String answer() throws NotAccepted {
        session.lock.lock();
        try {
            while (answer == null && failure == null) {
                await();
            }
            if (answer == null) {
                throw new NotAccepted(failure == null ? "" : String.valueOf(failure.getMessage()), untouched);
            }
            return answer;
        } catch (InterruptedIOException stopped) {
            throw new NotAccepted("interrupted", false);
        } finally {
            session.lock.unlock();
        }
    }

    /** No new streams for this tunnel, and GOAWAY as soon as the last one is over. */
    @Override
    public void leaveWay() {
        session.drain();
    }

    /** The other end does not carry the connection. */
    public static final class NotAccepted extends IOException {
        private static final long serialVersionUID = 1L;

        private final boolean untouched;

        NotAccepted(String message, boolean untouched) {
            super(message);
            this.untouched = untouched;
        }

        /** Whether the peer promises that it did nothing, so that the request may be sent again. */
        public boolean isUntouched() {
            return untouched;
        }
    }

    // What the session delivers, with its lock held.

    boolean isAnswered() {
        return answer != null;
    }

    void answered(String baggage) {
        answer = baggage;
        changed.signalAll();
    }

    boolean isEndReceived() {
        return endReceived;
    }

    /** How many bytes the peer may still send. */
    int receivable() {
        return endReceived ? 0 : receiveWindow;
    }

    boolean isOver() {
        return over;
    }

    /** False if the peer overran the window. */
    boolean receive(int bytes, int padding) {
        receiveWindow -= bytes;
        unread += bytes;
        if (padding > 0) {
            credit(padding);
        }
        return receiveWindow >= 0;
    }

    void data(ByteBuffer piece) {
        arrived.add(piece);
        changed.signalAll();
        arrived.excess().ifPresent(full -> {
            session.reset(this, ErrorCode.CONNECT_ERROR);
            lose(new IOException(full), false);
        });
    }

    void dataEnds() {
        endReceived = true;
        changed.signalAll();
        forgetIfDone();
    }

    /** False if the window overflows. */
    boolean grow(long increment) {
        sendWindow += increment;
        changed.signalAll();
        return sendWindow <= Integer.MAX_VALUE;
    }

    void windowsChanged() {
        changed.signalAll();
    }

    /** RST_STREAM: NO_ERROR and CANCEL are how an HTTP/2 library says that it is done. */
    void peerReset(long code) {
        if (answer != null && (ErrorCode.NO_ERROR.is(code) || ErrorCode.CANCEL.is(code))) {
            endReceived = true;
            deaf = true;
            over = true;
            changed.signalAll();
            session.forget(this);
            return;
        }
        String text = "stream reset by peer: " + ErrorCode.name(code);
        boolean ordinary = ErrorCode.CONNECT_ERROR.is(code) && answer != null;
        lose(ordinary ? new ErrorText.Reset(text) : new IOException(text), ErrorCode.REFUSED_STREAM.is(code));
    }

    /** The tunnel is gone, or the stream broke the rules, or nobody wants it any longer. */
    void lose(IOException because, boolean notLookedAt) {
        if (failure == null) {
            failure = because;
            untouched = notLookedAt;
        }
        arrived.clear();
        tellLost();
        session.consumed(unread);
        unread = 0;
        if (!over) {
            over = true;
            session.forget(this);
        }
        changed.signalAll();
    }

    @Override
    public void whenLost(Consumer<IOException> listener) {
        session.lock.lock();
        try {
            hears = listener;
            if (failure != null) {
                tellLost();
            }
        } finally {
            session.lock.unlock();
        }
    }

    private void tellLost() {
        Consumer<IOException> listener = hears;
        IOException because = failure;
        hears = null;
        if (listener != null && because != null) {
            Thread.ofVirtual().name("stream-lost").start(() -> listener.accept(because));
        }
    }

    private void forgetIfDone() {
        if (endSent && endReceived && !over) {
            over = true;
            session.forget(this);
        }
    }

    /** So much was read or dropped: it may be sent again. */
    private void credit(int bytes) {
        unread -= bytes;
        session.consumed(bytes);
        int window = session.streamWindow();
        int target = window - unread;
        if (!endReceived && !over && target - receiveWindow >= window / 2) {
            session.output.windowUpdate(id, target - receiveWindow);
            receiveWindow = target;
        }
    }

    @SuppressWarnings("WaitNotInLoop") // every caller waits in a loop
    private void await() throws InterruptedIOException {
        try {
            changed.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
