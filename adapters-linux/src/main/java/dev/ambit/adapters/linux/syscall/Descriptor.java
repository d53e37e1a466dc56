package dev.ambit.adapters.linux.syscall;

import java.util.function.IntFunction;

/**
 * An open file descriptor that several threads use. It is closed once, and not before the last of them is done, so its
 * number never means another file to any of them.
 */
public final class Descriptor implements AutoCloseable {
    private final int fd;
    private final String name;
    private int users;
    private boolean closed;

    /**
     * Takes ownership of an open descriptor.
     *
     * @param name what to call it in messages
     */
    public Descriptor(int fd, String name) {
        if (fd < 0) {
            throw new IllegalArgumentException("file descriptor of " + name + ": " + fd);
        }
        this.fd = fd;
        this.name = name;
    }

    /**
     * Runs the action while the descriptor is certain to stay open.
     *
     * @throws IllegalStateException when closed
     */
    public <T> T use(IntFunction<T> action) {
        enter();
        try {
            return action.apply(fd);
        } finally {
            leave();
        }
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    /** Idempotent; lets uses that are under way finish. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (users > 0) {
                return;
            }
        }
        Libc.close(fd);
    }

    private synchronized void enter() {
        if (closed) {
            throw new IllegalStateException(name + " is closed");
        }
        users++;
    }

    private void leave() {
        synchronized (this) {
            users--;
            if (users > 0 || !closed) {
                return;
            }
        }
        Libc.close(fd);
    }

    @Override
    public String toString() {
        return name;
    }
}
