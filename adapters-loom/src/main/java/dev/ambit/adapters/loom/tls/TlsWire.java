package dev.ambit.adapters.loom.tls;

import dev.ambit.adapters.loom.stream.Duplex;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * TLS over a stream, in blocking code: a handshake, then one thread that reads and one at a time that writes. Whoever
 * {@link #abort}s ends what they wait for.
 */
public final class TlsWire {
    /** A sealed record is never longer (RFC 8446, section 5.2, with room for TLS 1.2's). */
    public static final int RECORD_BYTES_MAX = 16_384 + 2_048 + 5;

    private static final int BUFFER_BYTES = 4 * RECORD_BYTES_MAX;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Duplex wire;
    private final SSLEngine engine;
    private final ByteBuffer sealedIn = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final ByteBuffer sealedOut = ByteBuffer.allocateDirect(BUFFER_BYTES);

    /** What came right behind the handshake. */
    private ByteBuffer early = NOTHING;

    private boolean closing;

    /** Nothing is sent or read before {@link #handshake}. */
    public TlsWire(Duplex wire, SSLEngine engine) {
        this.wire = wire;
        this.engine = engine;
    }

    /**
     * The accepting end reads what the client says before its TLS does, because BoringSSL goes on with a client that names
     * other application protocols than ours.
     *
     * @throws SSLException if that is so; the client has been told
     */
    public void hello() throws IOException {
        while (!ClientHello.isWhole(sealedIn) && sealedIn.remaining() < ClientHello.BYTES_MAX) {
            if (fill() < 0) {
                return;
            }
        }
        if (!ClientHello.mayEnter(sealedIn)) {
            wire.write(ByteBuffer.wrap(ClientHello.NO_APPLICATION_PROTOCOL));
            throw new SSLHandshakeException("client names application protocols, and h2 is not among them");
        }
    }

    /** Proves who both ends are. An end that is not believed is sent the alert that says why, before this throws. */
    public void handshake() throws IOException {
        ByteBuffer opened = ByteBuffer.allocate(RECORD_BYTES_MAX);
        try {
            engine.beginHandshake();
            while (step(engine.getHandshakeStatus(), opened)) {
                // Each step sends, reads or verifies something.
            }
            early = opened.flip();
        } catch (SSLException refused) {
            sendAlert();
            throw described(refused);
        }
    }

    /** The engine says that there was a problem; what our verification said is below. */
    private static SSLException described(SSLException refused) {
        Throwable cause = refused;
        while (cause.getCause() != null && cause.getCause().getMessage() != null) {
            cause = cause.getCause();
            if (!(cause instanceof SSLException)) {
                break;
            }
        }
        return new SSLException(String.valueOf(cause.getMessage()), refused);
    }

    private boolean step(HandshakeStatus status, ByteBuffer opened) throws IOException {
        switch (status) {
            case NEED_WRAP -> {
                seal(NOTHING);
                flush();
            }
            case NEED_TASK -> runTasks();
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                SSLEngineResult result = engine.unwrap(sealedIn, opened);
                if (result.getStatus() == Status.BUFFER_UNDERFLOW && fill() < 0) {
                    throw new EOFException("peer closed the connection during the TLS handshake");
                }
                if (result.getStatus() == Status.CLOSED && result.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
                    throw new SSLHandshakeException("peer ended the TLS handshake");
                }
            }
            case FINISHED, NOT_HANDSHAKING -> {
                return false;
            }
        }
        return true;
    }

    private void runTasks() {
        Runnable task = engine.getDelegatedTask();
        while (task != null) {
            task.run();
            task = engine.getDelegatedTask();
        }
    }

    /** What the other end showed, leaf first. */
    public List<X509Certificate> peerChain() {
        try {
            return Arrays.stream(engine.getSession().getPeerCertificates())
                    .filter(X509Certificate.class::isInstance)
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (SSLPeerUnverifiedException anonymous) {
            return List.of();
        }
    }

    /**
     * Waits for bytes.
     *
     * @param into with room for {@link #RECORD_BYTES_MAX}
     * @return how many; -1 at the end, in order or not
     */
    public int read(ByteBuffer into) throws IOException {
        int start = into.position();
        if (early.hasRemaining()) {
            into.put(early);
            early = NOTHING;
            return into.position() - start;
        }
        while (true) {
            SSLEngineResult result = engine.unwrap(sealedIn, into);
            int bytes = into.position() - start;
            switch (result.getStatus()) {
                case CLOSED -> {
                    return bytes > 0 ? bytes : -1;
                }
                case BUFFER_UNDERFLOW -> {
                    if (bytes > 0) {
                        return bytes;
                    }
                    if (fill() < 0) {
                        return -1;
                    }
                }
                case BUFFER_OVERFLOW -> {
                    if (bytes == 0) {
                        throw new SSLException("TLS record is longer than " + into.remaining() + " bytes");
                    }
                    return bytes;
                }
                case OK -> {
                    runTasks();
                    if (bytes > 0 && into.remaining() < RECORD_BYTES_MAX) {
                        return bytes;
                    }
                }
            }
        }
    }

    private int fill() throws IOException {
        sealedIn.compact();
        try {
            return wire.read(sealedIn);
        } finally {
            sealedIn.flip();
        }
    }

    /** Writes all that remains. One thread at a time. */
    public void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            seal(from);
        }
        flush();
    }

    private void seal(ByteBuffer from) throws IOException {
        if (sealedOut.remaining() < RECORD_BYTES_MAX) {
            flush();
        }
        SSLEngineResult result = engine.wrap(from, sealedOut);
        if (result.getStatus() == Status.CLOSED && from.hasRemaining()) {
            throw new SSLException("TLS connection is closed");
        }
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            flush();
        }
    }

    private void flush() throws IOException {
        sealedOut.flip();
        try {
            wire.write(sealedOut);
        } finally {
            sealedOut.clear();
        }
    }

    private void sendAlert() {
        try {
            flush();
            for (int i = 0; i < 3 && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP; i++) {
                seal(NOTHING);
                flush();
            }
        } catch (IOException | RuntimeException alreadyGone) {
            // It was to be told why; it is not there any more.
        }
    }

    /** Says close_notify behind everything that was written, and closes. By whoever may write. */
    public void close() {
        if (!closing) {
            closing = true;
            try {
                engine.closeOutbound();
                seal(NOTHING);
                flush();
                wire.shutdownOutput();
            } catch (IOException alreadyGone) {
                // Whoever reads sees the end anyway.
            }
            wire.close();
        }
    }

    /** Closes at once, whoever reads or writes. */
    public void abort() {
        wire.close();
    }

    /** What carries this. */
    public Duplex carrier() {
        return wire;
    }
}
