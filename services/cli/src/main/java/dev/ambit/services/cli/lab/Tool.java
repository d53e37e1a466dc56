package dev.ambit.services.cli.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a system tool to its end. */
public final class Tool {
    private static final int SECONDS_MAX = 20;

    /**
     * Feeds the tool its input and returns what it prints.
     *
     * @throws LabException with the tool's own words if it fails, or runs for more than 20 s
     */
    public static String run(String input, List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new LabException("'" + String.join(" ", command) + "' did not end within " + SECONDS_MAX + " s");
            }
            if (process.exitValue() != 0) {
                throw new LabException(
                        "'" + String.join(" ", command) + "' failed (" + process.exitValue() + "): " + printed.strip());
            }
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command.getFirst() + "; is it installed?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while running " + command.getFirst());
        }
    }

    public static String run(String... command) {
        return run("", List.of(command));
    }

    private Tool() {}
}
