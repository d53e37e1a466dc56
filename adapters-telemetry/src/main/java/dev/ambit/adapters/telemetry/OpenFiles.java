package dev.ambit.adapters.telemetry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** How many file descriptors this process has open and may have open, from proc(5). */
record OpenFiles(Path process) {
    static final OpenFiles OF_THIS_PROCESS = new OpenFiles(Path.of("/proc/self"));

    private static final String LIMIT = "Max open files";

    /** Empty where there is no such file system. */
    OptionalLong open() {
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            // One of them is the listing's own.
            return OptionalLong.of(Math.max(0, descriptors.count() - 1));
        } catch (IOException _) {
            return OptionalLong.empty();
        }
    }

    /** The soft limit; empty if it is unlimited or cannot be read. */
    OptionalLong max() {
        try (Stream<String> limits = Files.lines(process.resolve("limits"))) {
            return limits.filter(line -> line.startsWith(LIMIT))
                    .map(line -> line.substring(LIMIT.length()).strip().split(" ", 2)[0])
                    .filter(soft -> soft.chars().allMatch(Character::isDigit))
                    .mapToLong(Long::parseLong)
                    .findFirst();
        } catch (IOException _) {
            return OptionalLong.empty();
        }
    }
}
