package dev.ambit.services.cli.demo;

import dev.ambit.services.cli.lab.Pause;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** Reads a process's log from where it stood when the watch began. */
final class LogWatch {
    private final Path log;
    private final long from;

    private LogWatch(Path log, long from) {
        this.log = log;
        this.from = from;
    }

    static LogWatch begin(Path log) {
        try {
            return new LogWatch(log, Files.size(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first line since the beginning of the watch that fits; waits for it up to the deadline. */
    Optional<String> line(Duration deadline, Predicate<String> fits) {
        var found = new AtomicReference<Optional<String>>(Optional.empty());
        Pause.until(deadline, () -> {
            found.set(lines().stream().filter(fits).findFirst());
            return found.get().isPresent();
        });
        return found.get();
    }

    List<String> lines() {
        try {
            byte[] all = Files.readAllBytes(log);
            return new String(all, (int) from, all.length - (int) from, StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value of {@code name=} in a log line, without quotes; empty if it is not there. */
    static String field(String line, String name) {
        int at = line.indexOf(name + "=");
        if (at < 0 || (at > 0 && " \t".indexOf(line.charAt(at - 1)) < 0)) {
            return "";
        }
        int start = at + name.length() + 1;
        if (start < line.length() && line.charAt(start) == '"') {
            int end = line.indexOf('"', start + 1);
            return line.substring(start + 1, end < 0 ? line.length() : end);
        }
        int end = line.indexOf(' ', start);
        return line.substring(start, end < 0 ? line.length() : end);
    }
}
