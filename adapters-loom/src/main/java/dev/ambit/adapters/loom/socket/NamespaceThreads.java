package dev.ambit.adapters.loom.socket;

import dev.ambit.ports.podnetwork.NetworkNamespace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A few platform threads that enter namespaces for virtual ones, which cannot: the kernel's namespace would be the carrier's.
 * They are all started at home, because a thread inherits the namespace of whoever starts it; and one that could not be
 * taken back is not used again.
 */
public final class NamespaceThreads implements AutoCloseable {
    private static final int THREADS = 2;

    private final LinkedBlockingQueue<Task<?>> asked = new LinkedBlockingQueue<>();
    private final AtomicInteger alive = new AtomicInteger(THREADS);
    private final List<Thread> threads = new ArrayList<>();

    /** Something to do inside, and what became of it. */
    private record Task<T>(NetworkNamespace namespace, Supplier<T> action, CompletableFuture<T> result) {
        void run() {
            result.complete(namespace.call(action));
        }
    }

    /** Starts them. */
    public NamespaceThreads() {
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().daemon().name("namespace-" + i).start(this::work));
        }
    }

    private void work() {
        try {
            while (true) {
                Task<?> next = asked.take();
                try {
                    next.run();
                } catch (RuntimeException failed) {
                    next.result.completeExceptionally(failed);
                } catch (Error stranded) {
                    leave();
                    next.result.completeExceptionally(stranded);
                    return;
                }
            }
        } catch (InterruptedException closed) {
            leave();
        }
    }

    /** The last to leave tells those who are waiting. */
    private void leave() {
        if (alive.decrementAndGet() == 0) {
            for (Task<?> left = asked.poll(); left != null; left = asked.poll()) {
                left.result.completeExceptionally(nobodyLeft());
            }
        }
    }

    private static IllegalStateException nobodyLeft() {
        return new IllegalStateException("no thread is left that can enter a network namespace");
    }

    /**
     * Runs the action inside the namespace and waits for its result; what it throws is thrown here.
     *
     * @throws IllegalStateException when closed, or when no thread is left that could be taken back
     */
    public <T> T call(NetworkNamespace namespace, Supplier<T> action) {
        var task = new Task<>(namespace, action, new CompletableFuture<T>());
        asked.add(task);
        if (alive.get() == 0 && asked.remove(task)) {
            throw nobodyLeft();
        }
        try {
            return task.result.join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case RuntimeException why -> throw why;
                case Error why -> throw why;
                case null, default -> throw failed;
            }
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
