package dev.ambit.adapters.k8s.manifests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A folder of manifests in a test. */
record Folder(Path path) {

    /** Writes a file in place, as a careless tool would. */
    void write(String name, String yaml) {
        try {
            Files.writeString(path.resolve(name), yaml);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Writes a file beside and renames it, as editors do. */
    void replace(String name, String yaml) {
        try {
            Path beside = Files.writeString(path.resolve("." + name + ".swp"), yaml);
            Files.move(beside, path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    void delete(String name) {
        try {
            Files.delete(path.resolve(name));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
