package dev.ambit.adapters.loom.stream;

import dev.ambit.domain.flow.RefusalReason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One end of a connection: a socket, or a stream of a tunnel. Its methods block the calling thread, which is a virtual one.
 *
 * <p>One thread may read while another writes; {@link #abort} and {@link #close} may be called by any thread at any time, and
 * end what the others wait for with an {@link IOException}.
 */
public interface Duplex extends Closeable {

    /**
     * Waits until there is something to read.
     *
     * @param into with room for at least one byte
     * @return how many bytes were read, at least one; -1 when the other side sends no more
     * @throws IOException if the other side went away in disorder, or this end was aborted or closed
     */
    int read(ByteBuffer into) throws IOException;

    /** How many bytes can be read without waiting; there may be more. 0 when that is unknown, or nothing is there. */
    int available() throws IOException;

    /** Writes all that remains, at the pace of the other side. */
    void write(ByteBuffer from) throws IOException;

    /** Sends no more; the other side reads the end behind everything written. Idempotent. */
    void shutdownOutput() throws IOException;

    /** Ends both directions at once and in disorder, so that the other side can tell: a reset. Idempotent. */
    void abort();

    /** Both directions are done. Idempotent; after {@link #abort} it changes nothing. */
    @Override
    void close();

    /**
     * Tells, on another thread, that this end was lost to something that no reader or writer would notice while the other end
     * makes it wait. Once, and perhaps also after it was aborted or closed. A socket tells nothing: its kernel has room
     * only for what it has.
     */
    default void whenLost(Consumer<IOException> hears) {}

    /** Whatever carries this leads where nobody is to go any more: it takes nothing new. A socket carries itself alone. */
    default void leaveWay() {}

    /** Why whatever carries this was ended on purpose, if it was: what its connections are to be reported with. */
    default Optional<RefusalReason> endedFor() {
        return Optional.empty();
    }
}
