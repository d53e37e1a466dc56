package dev.ambit.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A service of the mesh as a process in the sandbox, with its output in a file. */
final class MeshProcess {
    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path log;
    private Process process;

    MeshProcess(String name, List<String> command, Map<String, String> environment, Path log) {
        this.name = name;
        this.command = command;
        this.environment = environment;
        this.log = log;
        this.process = start();
    }

    private Process start() {
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the kernel's out-of-memory killer would do it. */
    void kill() {
        // The service is the child of the nsenter that brought it into the sandbox.
        process.children().forEach(ProcessHandle::destroyForcibly);
        Await.until(Duration.ofSeconds(5), name + " is dead", () -> !process.isAlive());
    }

    /** As a cluster asks a process to end. */
    void terminate() {
        process.children().forEach(ProcessHandle::destroy);
    }

    /** Waits until the process has ended by itself, and returns its status. */
    int awaitEnd(Duration longest) {
        Await.until(longest, name + " ends", () -> !process.isAlive());
        return process.exitValue();
    }

    void restart() {
        process = start();
    }

    /** The service itself, in the numbers of the host. */
    long pid() {
        return process.children().findFirst().orElseThrow().pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Where the log stands now. */
    long mark() {
        try {
            return Files.size(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first line since the mark that holds all of these texts; waits 5 s for it. */
    String line(long since, String... texts) {
        Predicate<String> fits = line -> List.of(texts).stream().allMatch(line::contains);
        Await.until(
                Duration.ofSeconds(5),
                name + " logs " + List.of(texts) + "; it says:\n" + text(0),
                () -> text(since).lines().anyMatch(fits));
        return text(since).lines().filter(fits).findFirst().orElseThrow();
    }

    String text(long since) {
        try {
            byte[] all = Files.readAllBytes(log);
            return new String(all, (int) since, all.length - (int) since, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
