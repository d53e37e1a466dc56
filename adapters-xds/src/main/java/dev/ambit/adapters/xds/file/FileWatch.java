package dev.ambit.adapters.xds.file;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls back, on a thread of its own, when a file became another one, once its folder has been quiet for a while. Sees
 * what Kubernetes does to a mounted volume (the file is a link below a link that is swapped), and looks now and then even
 * without an event, because a folder may come later than this process.
 */
public final class FileWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);
    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(5);

    /** Changes that never pause are looked at all the same after so many pauses' time. */
    private static final int DELAYS_MAX = 5;

    private static final List<WatchEvent.Kind<?>> EVENTS = List.of(
            StandardWatchEventKinds.ENTRY_CREATE,
            StandardWatchEventKinds.ENTRY_MODIFY,
            StandardWatchEventKinds.ENTRY_DELETE);

    private final Path file;
    private final Path folder;
    private final Duration quiet;
    private final Runnable changed;
    private final WatchService events;
    private final Thread thread;
    private @Nullable WatchKey key;
    private Optional<Stamp> seen;

    /** What tells one file from another without reading it. */
    private record Stamp(@Nullable Object key, FileTime modified, long bytes) {}

    private FileWatch(Path file, Duration quiet, Runnable changed, WatchService events) {
        this.file = file;
        this.folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "the root folder is no file");
        this.quiet = quiet;
        this.changed = changed;
        this.events = events;
        this.seen = stamp();
        this.thread =
                Thread.ofPlatform().daemon().name("watch-" + file.getFileName()).unstarted(this::run);
    }

    /**
     * Watches from now on: the caller reads the file after this returns and misses nothing.
     *
     * @param quiet how long the file's folder has to be left alone before the call
     * @param changed runs on the watch's own thread
     * @throws IOException if the system has no watch to spare
     */
    public static FileWatch start(Path file, Duration quiet, Runnable changed) throws IOException {
        var watch = new FileWatch(file, quiet, changed, FileSystems.getDefault().newWatchService());
        watch.register();
        watch.thread.start();
        return watch;
    }

    private void register() {
        WatchKey known = key;
        if ((known == null || !known.isValid()) && Files.isDirectory(folder)) {
            try {
                key = folder.register(events, EVENTS.toArray(WatchEvent.Kind<?>[]::new));
            } catch (IOException failed) {
                LOG.warn("folder cannot be watched, looking every {} instead\tfolder={}", LOOK_ANYWAY, folder, failed);
            }
        }
    }

    private void run() {
        try {
            while (true) {
                awaitChange();
                register();
                Optional<Stamp> now = stamp();
                if (!now.equals(seen)) {
                    seen = now;
                    callBack();
                }
            }
        } catch (ClosedWatchServiceException | InterruptedException closed) {
            LOG.debug("no longer watching {}", file);
        }
    }

    private void callBack() {
        try {
            changed.run();
        } catch (RuntimeException failed) {
            LOG.error("a change could not be taken over\tfile={}", file, failed);
        }
    }

    private void awaitChange() throws InterruptedException {
        WatchKey next = events.poll(LOOK_ANYWAY.toMillis(), TimeUnit.MILLISECONDS);
        long begun = System.nanoTime();
        while (next != null) {
            next.pollEvents();
            next.reset();
            if (System.nanoTime() - begun > quiet.multipliedBy(DELAYS_MAX).toNanos()) {
                return;
            }
            next = events.poll(quiet.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private Optional<Stamp> stamp() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Stamp(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size()));
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            events.close();
        } catch (IOException failed) {
            LOG.warn("watch did not close\tfile={}", file, failed);
        }
        thread.interrupt();
    }
}
