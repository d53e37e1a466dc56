package dev.ambit.adapters.linux.namespace;

import dev.ambit.adapters.linux.syscall.Descriptor;
import dev.ambit.adapters.linux.syscall.Libc;
import dev.ambit.adapters.linux.syscall.SyscallException;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * A network namespace, held by a descriptor of its nsfs file. Entering needs CAP_SYS_ADMIN.
 *
 * <p>A thread that {@link #call} starts inside stays there for its whole life, because Linux threads inherit the
 * namespace of the thread that created them. So pools (event loops, the JDK's process reaper) must exist, or be started
 * elsewhere, before an action uses them.
 *
 * <p>Calls may nest. A thread that the kernel does not let back is useless and dangerous: {@link #call} then throws
 * {@link StrandedThreadError}, and refuses that thread from then on; its owner must end it.
 */
public final class LinuxNetworkNamespace implements NetworkNamespace {

    /** Where the process lives: the namespace of its first thread, which never moves. */
    private static final class Home {
        static final int FD = Libc.open(Path.of("/proc/self/ns/net"));
    }

    /** Of the namespace that the process lives in, which a thread there need not enter. */
    private static final class HomeId {
        static final Id ID = idOf(Home.FD);
    }

    /** Descriptor of the namespace that the thread is in; the call that went there keeps it open. */
    private static final ThreadLocal<Integer> CURRENT = ThreadLocal.withInitial(() -> Home.FD);

    private static final ThreadLocal<Boolean> STRANDED = ThreadLocal.withInitial(() -> false);

    private final Descriptor descriptor;
    private final Id id;

    private LinuxNetworkNamespace(Descriptor descriptor, Id id) {
        this.descriptor = descriptor;
        this.id = id;
    }

    /**
     * Opens a namespace by its file, such as {@code /run/netns/a} or {@code /proc/<pid>/ns/net}.
     *
     * @throws PodNetworkException if the file cannot be opened or is no network namespace
     */
    public static LinuxNetworkNamespace open(Path path) {
        try {
            return own(Libc.open(path), path.toString());
        } catch (SyscallException e) {
            throw new PodNetworkException("cannot open network namespace " + path + ": " + e.getMessage(), e);
        }
    }

    /**
     * Takes ownership of a descriptor, which is closed also when refused.
     *
     * @throws PodNetworkException if it is no network namespace
     */
    public static LinuxNetworkNamespace ofFd(int fd) {
        return own(fd, "file descriptor " + fd);
    }

    /** The namespace that this process lives in. To act in it needs no privilege. */
    public static LinuxNetworkNamespace home() {
        return open(Path.of("/proc/self/ns/net"));
    }

    /** The namespace that the calling thread is in. */
    public static LinuxNetworkNamespace ofCurrentThread() {
        return open(Path.of("/proc/thread-self/ns/net"));
    }

    /**
     * Creates a namespace without a name, its loopback down. It ends with its last handle, process and socket.
     *
     * @throws PodNetworkException without CAP_SYS_ADMIN
     */
    public static LinuxNetworkNamespace createAnonymous() {
        var created = new CompletableFuture<LinuxNetworkNamespace>();
        Thread.ofPlatform().name("new-netns").daemon().start(() -> {
            try {
                Libc.unshareNetwork();
                created.complete(ofCurrentThread());
            } catch (SyscallException e) {
                created.completeExceptionally(
                        new PodNetworkException("cannot create a network namespace: " + e.getMessage(), e));
            } catch (RuntimeException e) {
                created.completeExceptionally(e);
            }
        });
        try {
            return created.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof PodNetworkException known
                    ? known
                    : new PodNetworkException("cannot create a network namespace", e);
        }
    }

    private static LinuxNetworkNamespace own(int fd, String name) {
        var descriptor = new Descriptor(fd, "network namespace " + name);
        try {
            if (!Libc.isNetworkNamespace(fd)) {
                throw new PodNetworkException(name + " is not a network namespace");
            }
            return new LinuxNetworkNamespace(descriptor, idOf(fd));
        } catch (SyscallException | UncheckedIOException e) {
            descriptor.close();
            throw new PodNetworkException("cannot identify network namespace " + name + ": " + e.getMessage(), e);
        } catch (PodNetworkException e) {
            descriptor.close();
            throw e;
        }
    }

    private static Id idOf(int fd) {
        var file = Path.of("/proc/self/fd/" + fd);
        try {
            return new Id(number(file, "unix:dev"), number(file, "unix:ino"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(Path file, String attribute) throws IOException {
        return ((Number) Objects.requireNonNull(Files.getAttribute(file, attribute))).longValue();
    }

    @Override
    public <T> T call(Supplier<T> action) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread cannot enter a network namespace: "
                    + "its carrier would take other virtual threads along; use a platform thread");
        }
        if (STRANDED.get()) {
            throw new StrandedThreadError("this thread could not leave a network namespace earlier and must end", null);
        }
        int back = CURRENT.get();
        if (back == Home.FD && id.equals(HomeId.ID)) {
            return descriptor.use(_ -> action.get());
        }
        return descriptor.use(fd -> {
            enter(fd);
            try {
                CURRENT.set(fd);
                return action.get();
            } finally {
                leave(back);
            }
        });
    }

    private void enter(int fd) {
        try {
            Libc.setns(fd);
        } catch (SyscallException e) {
            throw new PodNetworkException("cannot enter " + descriptor + ": " + e.getMessage(), e);
        }
    }

    private static void leave(int back) {
        try {
            Libc.setns(back);
            CURRENT.set(back);
        } catch (SyscallException e) {
            STRANDED.set(true);
            throw new StrandedThreadError("cannot leave a network namespace; this thread must end", e);
        }
    }

    /**
     * Lends the descriptor, for example to pass it to another process. It stays open while the action runs.
     *
     * @throws IllegalStateException when closed
     */
    public <T> T withFd(IntFunction<T> action) {
        return descriptor.use(action);
    }

    @Override
    public Id id() {
        return id;
    }

    @Override
    public void close() {
        descriptor.close();
    }

    @Override
    public String toString() {
        return descriptor + " (inode " + id.inode() + ")";
    }
}
