package dev.ambit.adapters.netty.relay;

import io.netty.channel.FileRegion;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pipe through which the kernel moves bytes from one socket to another, so that they are neither copied nor seen here.
 * Counted: whoever reads into it holds it, and so does each piece of it that is not written yet; the last one closes it.
 * Only on one event loop.
 */
final class KernelPipe extends AbstractReferenceCounted {
    /** How many there are at most: each is two file descriptors, and {@link Splice} needs a third. */
    static final int PIPES_MAX = 256;

    /** As much as a socket is read ahead. An unprivileged process gets less from the kernel. */
    private static final int BYTES = 512 << 10;

    private static final int BYTES_LEAST = 4096;

    private static final AtomicInteger OPEN = new AtomicInteger();

    private final FileDescriptor out;
    private final FileDescriptor in;
    private final int capacity;
    private int held;

    private KernelPipe(FileDescriptor out, FileDescriptor in, int capacity) {
        this.out = out;
        this.in = in;
        this.capacity = capacity;
    }

    /** Nothing if there are as many as there may be, or the kernel has no more. */
    static Optional<KernelPipe> open() {
        if (OPEN.incrementAndGet() > PIPES_MAX) {
            OPEN.decrementAndGet();
            return Optional.empty();
        }
        try {
            FileDescriptor[] ends = FileDescriptor.pipe();
            int granted = Descriptors.resizePipe(ends[1].intValue(), BYTES);
            return Optional.of(new KernelPipe(ends[0], ends[1], Math.max(granted, BYTES_LEAST)));
        } catch (IOException tooMany) {
            OPEN.decrementAndGet();
            return Optional.empty();
        }
    }

    /** How many there are. */
    static int count() {
        return OPEN.get();
    }

    /**
     * Moves bytes of a socket here.
     *
     * @return 0 if the socket has none now, or never again, or the pipe has no room
     */
    int fill(FileDescriptor socket, int bytesMax) throws IOException {
        int room = Math.min(bytesMax, capacity - held);
        int moved = room <= 0 ? 0 : Native.splice(socket.intValue(), -1, in.intValue(), -1, room);
        held += moved;
        return moved;
    }

    /** The next bytes of the pipe, to be written after those that were asked for before. */
    Piece piece(int bytes) {
        retain();
        return new Piece(bytes);
    }

    @Override
    public KernelPipe touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {
        try {
            in.close();
            out.close();
        } catch (IOException alreadyClosed) {
            throw new IllegalStateException("pipe was closed twice", alreadyClosed);
        } finally {
            OPEN.decrementAndGet();
        }
    }

    /** So many bytes of the pipe, which a channel writes as it does a part of a file. */
    final class Piece extends AbstractReferenceCounted implements FileRegion {
        private final int bytes;
        private FileDescriptor socket = in;
        private int moved;

        private Piece(int bytes) {
            this.bytes = bytes;
        }

        /** Where it is going to be written. */
        Piece to(FileDescriptor destination) {
            socket = destination;
            return this;
        }

        /** Writes to {@link #to}, not to the channel it is given, which takes bytes only. */
        @Override
        public long transferTo(WritableByteChannel ignored, long position) throws IOException {
            int now = Native.splice(out.intValue(), -1, socket.intValue(), -1, bytes - moved);
            moved += now;
            held -= now;
            return now;
        }

        @Override
        public long count() {
            return bytes;
        }

        @Override
        public long transferred() {
            return moved;
        }

        @Override
        @Deprecated
        public long transfered() {
            return moved;
        }

        @Override
        public long position() {
            return 0;
        }

        @Override
        public Piece retain() {
            super.retain();
            return this;
        }

        @Override
        public Piece retain(int increment) {
            super.retain(increment);
            return this;
        }

        @Override
        public Piece touch() {
            return this;
        }

        @Override
        public Piece touch(Object hint) {
            return this;
        }

        @Override
        protected void deallocate() {
            KernelPipe.this.release();
        }
    }
}
