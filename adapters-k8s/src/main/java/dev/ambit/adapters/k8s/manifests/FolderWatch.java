package dev.ambit.adapters.k8s.manifests;

import dev.ambit.ports.configuration.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls back, on a thread of its own, when something in some folders changed: once the changes pause, and now and then
 * anyway, because events can be lost and a folder can be replaced.
 */
final class FolderWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);
    /** An editor's write, rename and touch come within this time of each other. */
    private static final Duration QUIET = Duration.ofMillis(50);

    private static final Duration DELAY_MAX = Duration.ofMillis(400);
    private static final Duration RESCAN = Duration.ofSeconds(1);
    private static final List<WatchEvent.Kind<?>> EVENTS = List.of(
            StandardWatchEventKinds.ENTRY_CREATE,
            StandardWatchEventKinds.ENTRY_MODIFY,
            StandardWatchEventKinds.ENTRY_DELETE);

    private final List<Path> folders;
    private final Runnable changed;
    private final WatchService events;
    private final Map<Path, WatchKey> watched = new HashMap<>();
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private final Thread thread;

    FolderWatch(String name, List<Path> folders, Runnable changed) {
        this.folders = List.copyOf(folders);
        this.changed = changed;
        try {
            this.events = FileSystems.getDefault().newWatchService();
        } catch (IOException failed) {
            throw new ConfigurationException("cannot watch " + folders + ": " + failed.getMessage(), failed);
        }
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    /** Starts, and returns after the first call came back; what that call throws is thrown here. */
    void start() {
        thread.start();
        try {
            first.join();
        } catch (CompletionException failed) {
            close();
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failed;
        }
    }

    private void run() {
        watchFolders();
        try {
            changed.run();
            first.complete(null);
        } catch (RuntimeException | Error failed) {
            first.completeExceptionally(failed);
            return;
        }
        try {
            while (true) {
                awaitChange();
                watchFolders();
                callBack();
            }
        } catch (ClosedWatchServiceException | InterruptedException _) {
            // Closed: nobody listens any more.
        }
    }

    private void callBack() {
        try {
            changed.run();
        } catch (RuntimeException failed) {
            LOG.error("configuration change failed, the last state stays\tfolders={}", folders, failed);
        }
    }

    /** Returns when something changed and then nothing for a moment, or when it is time to look anyway. */
    private void awaitChange() throws InterruptedException {
        WatchKey key = events.poll(RESCAN.toMillis(), TimeUnit.MILLISECONDS);
        long begun = System.nanoTime();
        while (key != null) {
            key.pollEvents();
            key.reset();
            if (System.nanoTime() - begun > DELAY_MAX.toNanos()) {
                return;
            }
            key = events.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** A folder that came only now, or came back, is watched from now on. */
    private void watchFolders() {
        for (Path folder : folders) {
            WatchKey key = watched.get(folder);
            if ((key == null || !key.isValid()) && Files.isDirectory(folder)) {
                try {
                    watched.put(folder, folder.register(events, EVENTS.toArray(WatchEvent.Kind<?>[]::new)));
                } catch (IOException | UncheckedIOException failed) {
                    LOG.warn("folder cannot be watched, looking every second instead\tfolder={}", folder, failed);
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            events.close();
        } catch (IOException failed) {
            LOG.warn("watch did not close\tfolders={}", folders, failed);
        }
        thread.interrupt();
        if (!Thread.currentThread().equals(thread)) {
            joinUninterruptibly();
        }
    }

    private void joinUninterruptibly() {
        try {
            thread.join(DELAY_MAX.multipliedBy(10));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
