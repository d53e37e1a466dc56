package dev.ambit.adapters.linux.redirection;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A command-line tool, run inside a network namespace.
 *
 * <p>{@code nsenter} enters the namespace, not our own thread: the JDK watches a child from a pooled thread that would be
 * born in the namespace, stay there, and keep it alive after its pod.
 */
final class Tool {

    /** Tools answer in milliseconds; one that hangs would hold up other pods. */
    private static final Duration LONGEST_RUN = Duration.ofSeconds(10);

    private static final int OUTPUT_MAX = 1 << 20;
    private static final String FALLBACK_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final String name;
    private final String distributionPackage;
    private final Duration longestRun;

    /**
     * A tool that is looked for when it is run.
     *
     * @param distributionPackage what to install when the tool is missing
     */
    Tool(String name, String distributionPackage) {
        this(name, distributionPackage, LONGEST_RUN);
    }

    Tool(String name, String distributionPackage, Duration longestRun) {
        this.name = name;
        this.distributionPackage = distributionPackage;
        this.longestRun = longestRun;
    }

    /** Ends well or not; the caller knows which it expects. */
    record Outcome(String command, int status, String output, String errors) {

        boolean isSuccess() {
            return status == 0;
        }

        /** The standard output of a run that ended well. */
        String orThrow() {
            if (!isSuccess()) {
                throw new PodNetworkException(command + " failed with status " + status + ": " + errors.strip());
            }
            return output;
        }
    }

    /**
     * Runs the tool to its end.
     *
     * @throws PodNetworkException if the tool is missing, does not start or does not end in time
     */
    Outcome run(NetworkNamespace namespace, String input, String... arguments) {
        if (!(namespace instanceof LinuxNetworkNamespace linux)) {
            throw new PodNetworkException("not a network namespace of Linux: " + namespace);
        }
        Path tool = find(name, distributionPackage);
        Path nsenter = find("nsenter", "util-linux");
        return linux.withFd(fd -> {
            var command = new ArrayList<String>(List.of(
                    nsenter.toString(), "--net=/proc/" + ProcessHandle.current().pid() + "/fd/" + fd, tool.toString()));
            command.addAll(List.of(arguments));
            return execute(command, name + " " + String.join(" ", arguments), input);
        });
    }

    private Outcome execute(List<String> command, String shown, String input) {
        Process process;
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new PodNetworkException("cannot start " + shown + ": " + e.getMessage(), e);
        }
        try {
            FutureTask<String> output = drain(process.getInputStream());
            FutureTask<String> errors = drain(process.getErrorStream());
            write(process, input);
            if (!process.waitFor(longestRun)) {
                throw new PodNetworkException(shown + " did not end within " + longestRun.toMillis() + " ms");
            }
            return new Outcome(shown, process.exitValue(), output.get(), errors.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PodNetworkException("interrupted while waiting for " + shown, e);
        } catch (ExecutionException e) {
            throw new PodNetworkException("cannot read the output of " + shown, e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Reads beside the tool, so that it never blocks on a full pipe. */
    private static FutureTask<String> drain(InputStream stream) {
        var task = new FutureTask<>(() -> {
            try (stream) {
                String text = new String(stream.readNBytes(OUTPUT_MAX), UTF_8);
                if (stream.skip(Long.MAX_VALUE) > 0) {
                    throw new IOException("more than " + OUTPUT_MAX + " bytes");
                }
                return text;
            }
        });
        Thread.startVirtualThread(task);
        return task;
    }

    private static void write(Process process, String input) {
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(UTF_8));
        } catch (IOException e) {
            // The tool ended before it read everything: its exit status says why.
            if (process.isAlive()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Path find(String name, String distributionPackage) {
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + FALLBACK_PATH;
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new PodNetworkException(
                        "'" + name + "' is not installed; install the package " + distributionPackage));
    }
}
