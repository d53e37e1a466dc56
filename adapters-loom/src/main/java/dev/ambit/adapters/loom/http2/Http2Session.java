package dev.ambit.adapters.loom.http2;

import dev.ambit.adapters.loom.stream.BufferBudget;
import dev.ambit.adapters.loom.stream.Deadline;
import dev.ambit.adapters.loom.stream.ErrorText;
import dev.ambit.adapters.loom.tls.TlsWire;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.http2.ErrorCode;
import dev.ambit.domain.http2.FloodGuard;
import dev.ambit.domain.http2.Http2Violation;
import dev.ambit.domain.http2.PeerSettings;
import dev.ambit.domain.http2.ResetStreams;
import dev.ambit.domain.http2.TunnelWindows;
import dev.ambit.ports.transport.TransportLimits;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One end of an HTTP/2 connection over TLS: its streams, its windows, and its life. Three virtual threads: the one that calls
 * {@link #run} reads, one sends the small frames, one watches the time. Everything here is guarded by one lock, which
 * nobody holds while waiting for the peer.
 */
public abstract class Http2Session {
    /** As Istio's ztunnel: a ping 10 s after the last answer, and 20 s for it to be answered. */
    private static final Duration PING_PAUSE = Duration.ofSeconds(10);

    private static final Duration PING_PATIENCE = Duration.ofSeconds(20);

    /** For the last frames of a session that ends. */
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

    final ReentrantLock lock = new ReentrantLock();
    final TransportLimits limits;

    /** What bytes count against that nobody has read yet. */
    final BufferBudget buffers;

    final PeerSettings peer = new PeerSettings();
    final TunnelWindows windows;
    final FloodGuard guard = new FloodGuard(System.nanoTime());
    final ResetStreams resetByUs = new ResetStreams(TransportLimits.SERVER_STREAMS_MAX);
    final Map<Integer, HboneStream> streams = new HashMap<>();
    final FrameOutput output;
    private final TlsWire wire;
    private final SessionFrames frames;
    private final Condition changed = lock.newCondition();
    private boolean settled;
    private boolean over;
    private long pings;
    private long pongs;
    private String error = "";
    private boolean tlsFailed;
    private @Nullable RefusalReason endedFor;

    Http2Session(boolean server, TlsWire wire, TransportLimits limits, BufferBudget buffers, int headerListMax) {
        this.buffers = buffers;
        this.wire = wire;
        this.limits = limits;
        this.windows = new TunnelWindows(limits.tunnels().connectionWindowBytes());
        this.output = new FrameOutput(wire);
        this.frames = new SessionFrames(this, wire, server, headerListMax);
    }

    /** The preface (a client's) and the first SETTINGS, before anybody can ask for anything else. */
    abstract void greet();

    abstract void headers(int stream, @Nullable HboneStream known, Http2Headers headers, boolean ends)
            throws Http2Violation;

    /** A header block that is well compressed but not acceptable. */
    abstract void badHeaders(int stream, @Nullable HboneStream known, String why) throws Http2Violation;

    /** Whether neither end has ever opened this stream. */
    abstract boolean isIdle(int stream);

    abstract int lastPeerStream();

    abstract void peerGoesAway(int lastStream, long code);

    abstract void peerReset(HboneStream stream, long code) throws Http2Violation;

    /** Lets no new streams onto the tunnel. Any thread. */
    public abstract void drain();

    void pong(long payload) {}

    void streamForgotten() {}

    // Life.

    /** Speaks HTTP/2 until the session is over, and returns why: one line, empty after an end that breaks no rule. */
    public final String run() {
        if (windows.opening() > 0) {
            output.windowUpdate(0, windows.opening());
        }
        Thread sender = Thread.ofVirtual().name("h2-send").start(output::run);
        Thread.ofVirtual().name("h2-time").start(this::watchTime);
        try {
            frames.read();
            end(settled ? "" : "peer closed the connection before its HTTP/2 settings");
        } catch (Http2Violation violation) {
            fail(violation.code(), String.valueOf(violation.getMessage()));
        } catch (SSLException broken) {
            tlsFailed = true;
            end(ErrorText.of(broken));
        } catch (IOException broken) {
            end(settled ? ErrorText.ofBroken(broken) : ErrorText.of(broken));
        } catch (RuntimeException broken) {
            end(ErrorText.of(broken));
        }
        join(sender);
        return error;
    }

    /** The last frames have a little time; a peer that does not read them is not waited for. */
    private void join(Thread sender) {
        try {
            if (!sender.join(CLOSE_PATIENCE)) {
                wire.abort();
                sender.join();
            }
        } catch (InterruptedException stopped) {
            wire.abort();
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it was TLS that failed, once the session is over. */
    public final boolean hasTlsFailed() {
        return tlsFailed;
    }

    private void watchTime() {
        lock.lock();
        try {
            if (!await(() -> settled, limits.handshakeTimeout())) {
                fail(ErrorCode.SETTINGS_TIMEOUT, "peer sent no HTTP/2 settings within " + limits.handshakeTimeout());
            }
            while (!over && !await(() -> false, PING_PAUSE) && !over) {
                output.ping(++pings, false);
                if (!await(() -> pongs == pings, PING_PATIENCE)) {
                    fail(ErrorCode.NO_ERROR, "peer did not answer a ping");
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** False if neither that nor the end of the session came in time. */
    private boolean await(java.util.function.BooleanSupplier reached, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        while (!over && !reached.getAsBoolean() && left > 0) {
            left = changed.awaitNanos(left);
        }
        return over || reached.getAsBoolean();
    }

    /** Ends the session because of the peer, and says why. */
    final void fail(ErrorCode code, String why) {
        lock.lock();
        try {
            if (!over) {
                output.goAway(lastPeerStream(), code);
                end(why);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the session at once. Streams still open are lost. Any thread. */
    public final void close() {
        fail(ErrorCode.NO_ERROR, "");
    }

    /** As {@link #close()}; the streams that are lost tell their connections this reason. */
    public final void close(RefusalReason reason) {
        lock.lock();
        try {
            if (!over) {
                endedFor = reason;
                close();
            }
        } finally {
            lock.unlock();
        }
    }

    private void end(String why) {
        lock.lock();
        try {
            if (over) {
                return;
            }
            over = true;
            error = why;
            String lost = why.isEmpty() ? "tunnel was closed under the stream" : "tunnel failed: " + why;
            List.copyOf(streams.values()).forEach(stream -> stream.lose(new IOException(lost), false));
            changed.signalAll();
            output.close();
            // Also ends what the reading thread waits for, should the peer not hang up.
            var _ = Deadline.after(CLOSE_PATIENCE, wire::abort);
            sessionOver();
        } finally {
            lock.unlock();
        }
    }

    void sessionOver() {}

    /** Whether the session has ended. Any thread. */
    public final boolean isOver() {
        lock.lock();
        try {
            return over;
        } finally {
            lock.unlock();
        }
    }

    /** Why it was ended on purpose, if it was: this session, or what carries it. */
    final Optional<RefusalReason> endedFor() {
        lock.lock();
        try {
            return endedFor == null ? wire.carrier().endedFor() : Optional.of(endedFor);
        } finally {
            lock.unlock();
        }
    }

    // What the frames say, with the lock held.

    final boolean isEnded() {
        return over;
    }

    /** The peer's first SETTINGS are here. */
    void settled() {
        settled = true;
        changed.signalAll();
    }

    final boolean isSettled() {
        return settled;
    }

    final void ponged(long payload) {
        if (payload == pings) {
            pongs = pings;
            changed.signalAll();
        }
        pong(payload);
    }

    final void windowGrew() {
        streams.values().forEach(HboneStream::windowsChanged);
    }

    // For the streams, with the lock held.

    final int streamWindow() {
        return limits.tunnels().streamWindowBytes();
    }

    final int frameBytes() {
        return Math.min(peer.frameBytes(), FrameOutput.DATA_BYTES_MAX);
    }

    final HboneStream newStream(int id) {
        var stream = new HboneStream(this, id, peer.initialWindow(), streamWindow());
        streams.put(id, stream);
        return stream;
    }

    final void consumed(int bytes) {
        windows.written(bytes);
        replenish();
    }

    final void replenish() {
        int increment = over ? 0 : windows.replenish();
        if (increment > 0) {
            output.windowUpdate(0, increment);
        }
    }

    final void reset(HboneStream stream, ErrorCode code) {
        output.reset(stream.id(), code);
        resetByUs.add(stream.id(), stream.receivable());
    }

    /** How a stream is reset of which nobody takes what still comes. */
    abstract ErrorCode done();

    final void forget(HboneStream stream) {
        if (streams.remove(stream.id()) != null && !over) {
            streamForgotten();
        }
    }

    final void respond(int stream, int status, String baggage, boolean ends) {
        Http2Headers headers = new DefaultHttp2Headers(false).status(Integer.toString(status));
        if (!baggage.isEmpty()) {
            headers.add("baggage", baggage);
        }
        output.headers(stream, headers, ends, peer.frameBytes());
    }

    /** A request was answered 400. Ends the connection of a peer that knows nothing else. */
    final void malformed() {
        try {
            guard.count(FloodGuard.Kind.MALFORMED_REQUEST, System.nanoTime());
        } catch (Http2Violation flood) {
            fail(flood.code(), String.valueOf(flood.getMessage()));
        }
    }
}
