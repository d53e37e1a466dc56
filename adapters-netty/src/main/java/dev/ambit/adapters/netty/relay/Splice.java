package dev.ambit.adapters.netty.relay;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A socket that is read by {@code splice(2)} instead of into memory, while it brings much: its bytes go through a pipe of
 * the kernel's. It has a file descriptor of its own, because epoll knows the channel's already. Whatever is not plain data
 * (its end, an error) is left to the channel, which reads on once this has stopped.
 */
final class Splice implements EpollIoHandle {
    /** What one socket may move before others have their turn. */
    private static final int TURN_BYTES = 2 << 20;

    /** A socket that brings less in a second is read as before: it has no use for a pipe. */
    private static final long BUSY_BYTES_MIN = 4L << 20;

    private static final EpollIoOps INTEREST =
            EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).with(EpollIoOps.EPOLLET);

    /** EPOLLERR, EPOLLHUP, EPOLLRDHUP: there is more to know than that there are bytes. */
    private static final int UNUSUAL = 0x8 | 0x10 | 0x2000;

    /** Whose bytes they are. */
    interface Owner {
        /** How many bytes may be moved now; 0 or less means that {@link #moveOn} will be called when there may be more. */
        int room();

        /** These came. */
        void piped(KernelPipe.Piece piece);

        /** The socket is to be read as before. */
        void unspliced();

        /** The socket is no more. */
        void broken(IOException error);
    }

    private final IoEventLoop loop;
    private final KernelPipe pipe;
    private final FileDescriptor socket;
    private final Owner owner;
    private final Runnable nextTurn = this::moveOn;
    private final IoRegistration registration;
    private final Future<?> watch;
    private long movedLately;
    private boolean moving;
    private boolean over;

    private Splice(IoEventLoop loop, KernelPipe pipe, FileDescriptor socket, Owner owner) {
        this.loop = loop;
        this.pipe = pipe;
        this.socket = socket;
        this.owner = owner;
        // Done at once, on the event loop.
        this.registration = loop.register(this).getNow();
        this.watch = loop.scheduleAtFixedRate(this::watch, 1, 1, TimeUnit.SECONDS);
    }

    /** On the socket's event loop, when nothing else reads it. Nothing if there are no pipes left. */
    static Optional<Splice> start(IoEventLoop loop, FileDescriptor channel, Owner owner) {
        Optional<KernelPipe> pipe = KernelPipe.open();
        if (pipe.isEmpty()) {
            return Optional.empty();
        }
        try {
            var socket = new FileDescriptor(Descriptors.duplicate(channel.intValue()));
            var splice = new Splice(loop, pipe.get(), socket, owner);
            return splice.register() ? Optional.of(splice) : Optional.empty();
        } catch (IOException tooMany) {
            pipe.get().release();
            return Optional.empty();
        }
    }

    private boolean register() {
        try {
            registration.submit(INTEREST);
            return true;
        } catch (UncheckedIOException tooMany) {
            stop();
            return false;
        }
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        if (over) {
            return;
        }
        if ((((EpollIoEvent) event).ops().value() & UNUSUAL) != 0) {
            leave();
        } else {
            moveOn();
        }
    }

    /** There may be bytes, or room for them. */
    void moveOn() {
        if (moving || over) {
            return;
        }
        moving = true;
        try {
            int left = TURN_BYTES;
            while (!over && left > 0) {
                int moved = pipe.fill(socket, owner.room());
                if (moved <= 0) {
                    break;
                }
                left -= moved;
                movedLately += moved;
                owner.piped(pipe.piece(moved));
            }
            if (left <= 0) {
                loop.execute(nextTurn);
            }
        } catch (IOException error) {
            stop();
            owner.broken(error);
        } finally {
            moving = false;
        }
    }

    private void watch() {
        if (movedLately < BUSY_BYTES_MIN) {
            leave();
        }
        movedLately = 0;
    }

    private void leave() {
        stop();
        owner.unspliced();
    }

    /** Moves no more. What is in the pipe is written nevertheless. Idempotent. */
    void stop() {
        if (over) {
            return;
        }
        over = true;
        watch.cancel(false);
        registration.cancel();
        pipe.release();
    }

    /** Before its number can be somebody else's, epoll has forgotten it. */
    @Override
    public void unregistered() {
        try {
            socket.close();
        } catch (IOException alreadyClosed) {
            throw new IllegalStateException("descriptor was closed twice", alreadyClosed);
        }
    }

    /** The event loop ends. */
    @Override
    public void close() {
        stop();
    }
}
