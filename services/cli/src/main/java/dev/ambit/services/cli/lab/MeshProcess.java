package dev.ambit.services.cli.lab;

import dev.ambit.ports.podnetwork.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One process of the mesh, started in the network namespace of its machine, with its output in a file. */
public final class MeshProcess implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(8);

    private final String name;
    private final List<String> command;
    private final Process process;
    private final Path log;
    private final long startedNanos = System.nanoTime();

    private MeshProcess(String name, List<String> command, Process process, Path log) {
        this.name = name;
        this.command = List.copyOf(command);
        this.process = process;
        this.log = log;
    }

    /** Starts the command; its environment is PATH and what is given. */
    public static MeshProcess start(
            String name, NetworkNamespace namespace, List<String> command, Map<String, String> environment, Path log) {
        ProcessBuilder builder = builder(command, environment, log);
        return new MeshProcess(name, command, namespace.call(() -> start(name, builder)), log);
    }

    /** The same in the network namespace of this process. */
    public static MeshProcess start(String name, List<String> command, Map<String, String> environment, Path log) {
        return new MeshProcess(name, command, start(name, builder(command, environment, log)), log);
    }

    private static ProcessBuilder builder(List<String> command, Map<String, String> environment, Path log) {
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        String path = System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().clear();
        builder.environment().put("PATH", path);
        builder.environment().putAll(environment);
        return builder;
    }

    private static Process start(String name, ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public Path log() {
        return log;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Waits until the readiness address answers 200, and returns how long that took since the start.
     *
     * @throws LabException with the end of the log if the process ends, or is not ready in time
     */
    public Duration awaitReady(InetSocketAddress readiness, String path, Duration deadline) {
        long until = startedNanos + deadline.toNanos();
        while (System.nanoTime() < until) {
            if (!process.isAlive()) {
                throw new LabException(name + " ended with status " + process.exitValue() + ":\n" + tail());
            }
            if (answersReady(readiness, path)) {
                return Duration.ofNanos(System.nanoTime() - startedNanos);
            }
            Pause.of(Duration.ofMillis(10));
        }
        throw new LabException(name + " was not ready within " + deadline.toSeconds() + " s:\n" + tail());
    }

    private static boolean answersReady(InetSocketAddress address, String path) {
        try (var socket = new Socket()) {
            socket.setSoTimeout(500);
            socket.connect(address, 500);
            String request = "GET " + path + " HTTP/1.1\r\nHost: ready\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] head = socket.getInputStream().readNBytes(12);
            return new String(head, StandardCharsets.US_ASCII).endsWith(" 200");
        } catch (IOException _) {
            // Not listening yet, or busy starting: the caller asks again.
            return false;
        }
    }

    /** The last lines of the process's output; its command where there are none. */
    public String tail() {
        try {
            // Whatever bytes they are: a strict reader would say nothing at all about one that is no UTF-8.
            String said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).strip();
            if (said.isEmpty()) {
                return "(it wrote nothing to " + log + "; its command: " + String.join(" ", command) + ")";
            }
            List<String> lines = said.lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /** Asks the process to end, and insists after 8 s. */
    @Override
    public void close() {
        stop(STOP);
    }

    /** Asks the process to end, and insists when it has not within this time. */
    public void stop(Duration patience) {
        process.destroy();
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                process.waitFor();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
