package dev.ambit.systemtests.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program that ends when it is closed, and when this JVM ends, however that happens. */
final class Child implements AutoCloseable {
    private static final int LOG_LINES = 15;

    private final Path log;
    private final Process process;

    private Child(Path log, Process process) {
        this.log = log;
        this.process = process;
    }

    /** Starts it with its output in a file of the folder. */
    static Child start(Path folder, String name, List<String> command) {
        Path log = folder.resolve(name + ".log");
        var guarded = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        guarded.addAll(command);
        var builder = new ProcessBuilder(guarded)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // The kernel means the thread that starts it, not the process: this one stays as long as the child does.
        var started = new CompletableFuture<Process>();
        Thread.ofPlatform().name("cluster-" + name).daemon().start(() -> {
            try {
                Process child = builder.start();
                started.complete(child);
                child.waitFor();
            } catch (IOException failed) {
                started.completeExceptionally(failed);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
        return new Child(log, started.join());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Asks it to end, and waits until it has; true if it did within the time. */
    boolean stop(long seconds) throws InterruptedException {
        process.destroy();
        return process.waitFor(seconds, TimeUnit.SECONDS);
    }

    /** The end of what it wrote. */
    String lastWords() {
        try (Stream<String> lines = Files.lines(log)) {
            List<String> all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - LOG_LINES), all.size()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Ends it at once. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
