package dev.ambit.ports.podnetwork;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** A namespace that only remembers who is inside. Two fakes with the same inode are handles to the same namespace. */
public final class FakeNetworkNamespace implements NetworkNamespace {

    /** The inode of the namespace that every thread starts in. */
    public static final long HOME = 0;

    private static final long DEVICE = 4;
    private static final ThreadLocal<Long> CURRENT = ThreadLocal.withInitial(() -> HOME);

    private final Id id;
    private final AtomicBoolean closed = new AtomicBoolean();

    public FakeNetworkNamespace(long inode) {
        this.id = new Id(DEVICE, inode);
    }

    /** The inode of the namespace that the calling thread is in. */
    public static long current() {
        return CURRENT.get();
    }

    @Override
    public <T> T call(Supplier<T> action) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread cannot enter a network namespace");
        }
        if (closed.get()) {
            throw new IllegalStateException("network namespace " + id.inode() + " is closed");
        }
        long back = CURRENT.get();
        CURRENT.set(id.inode());
        try {
            return action.get();
        } finally {
            CURRENT.set(back);
        }
    }

    public boolean isClosed() {
        return closed.get();
    }

    @Override
    public Id id() {
        return id;
    }

    @Override
    public void close() {
        closed.set(true);
    }

    @Override
    public String toString() {
        return "fake network namespace " + id.inode();
    }
}
