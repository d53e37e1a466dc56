package dev.ambit.ports.podnetwork;

import java.util.function.Supplier;

/**
 * A network namespace that this process holds open. It lives at least until it is closed, even if its pod is gone.
 *
 * <p>Safe for use by several threads.
 */
public interface NetworkNamespace extends AutoCloseable {

    /**
     * Runs the action with the calling thread inside this namespace, and takes the thread back afterwards, whatever
     * happens. Sockets and processes that the action creates belong to the namespace for their whole life. The caller
     * must be a platform thread; an action must not block for long nor hand out work to other threads that needs the
     * namespace.
     *
     * @throws PodNetworkException if the namespace cannot be entered
     * @throws IllegalStateException on a virtual thread, or when closed
     */
    <T> T call(Supplier<T> action);

    /** Two handles with equal ids are the same namespace. */
    Id id();

    /** Gives up this handle. Idempotent. */
    @Override
    void close();

    /** What the kernel calls the namespace: device and inode of its nsfs file. */
    record Id(long device, long inode) {}
}
