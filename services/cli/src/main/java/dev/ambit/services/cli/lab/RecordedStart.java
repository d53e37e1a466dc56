package dev.ambit.services.cli.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the script had a service's JVM record of its start ({@code ambit rehearse}): the classes as they were then, whatever
 * the jars hold now.
 */
public final class RecordedStart {

    /** Where the record of a service is written. */
    public static Path file(Path home, String service) {
        return home.resolve(".ambit/aot").resolve(service + ".aot");
    }

    /** The record, unless a jar of the class path, a library's too, or the flags of the JVM have changed since. */
    public static Optional<Path> current(Path home, String service) {
        Path record = file(home, service);
        Path target = home.resolve("services").resolve(service).resolve("target");
        try (Stream<Path> libraries = Files.list(target.resolve("lib"))) {
            FileTime recorded = Files.getLastModifiedTime(record);
            Stream<Path> own = Stream.of(
                    target.resolve(service + "-0.1.0-SNAPSHOT.jar"),
                    home.resolve("deploy/jvm").resolve(service + ".options"));
            for (Path part : Stream.concat(own, libraries).toList()) {
                if (Files.getLastModifiedTime(part).compareTo(recorded) >= 0) {
                    return Optional.empty();
                }
            }
            return Optional.of(record);
        } catch (IOException _) {
            // Not recorded, or not built: a start without the record only takes longer.
            return Optional.empty();
        }
    }

    private RecordedStart() {}
}
