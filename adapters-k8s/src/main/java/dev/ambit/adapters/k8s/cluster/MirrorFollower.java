package dev.ambit.adapters.k8s.cluster;

import dev.ambit.ports.configuration.ConfigurationException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Hands what is new in a mirror to somebody, one standing after the other, on a thread of its own. */
final class MirrorFollower implements AutoCloseable {
    private final ClusterMirror mirror;
    private final Thread thread;
    private final CountDownLatch first = new CountDownLatch(1);
    private @Nullable Thread running;

    /**
     * Starts nothing yet.
     *
     * @param deliver is not called again before it has returned; whether this was the first delivery, or a later one
     */
    MirrorFollower(String name, ClusterMirror mirror, Predicate<ClusterMirror.Standing> deliver) {
        this.mirror = mirror;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> follow(deliver));
    }

    private void follow(Predicate<ClusterMirror.Standing> deliver) {
        try {
            while (true) {
                var standing = mirror.awaitNews();
                if (standing.isEmpty()) {
                    return;
                }
                if (deliver.test(standing.get())) {
                    first.countDown();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Returns when everything has arrived and was delivered once, or this is closed.
     *
     * @throws IllegalStateException if it was started before
     * @throws ConfigurationException if the thread is interrupted before that
     */
    void start() {
        synchronized (this) {
            if (running != null) {
                throw new IllegalStateException("started already");
            }
            mirror.start();
            thread.start();
            running = thread;
        }
        try {
            first.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ConfigurationException("interrupted before everything had arrived", interrupted);
        }
    }

    boolean hasDelivered() {
        return first.getCount() == 0;
    }

    /** What has not arrived yet, with the reason if there is one; empty when everything has. */
    List<String> pending() {
        return first.getCount() == 0 ? List.of() : mirror.pending();
    }

    /** Closes the mirror as well; when it returns, nothing is delivered any more. */
    @Override
    public void close() {
        mirror.close();
        @Nullable Thread last;
        synchronized (this) {
            last = running;
        }
        try {
            if (last != null && !last.equals(Thread.currentThread())) {
                last.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        first.countDown();
    }
}
