package dev.ambit.services.cli.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where a benchmark leaves its figures for other programs: a file with one JSON object to a line. */
public final class JsonLines {
    /**
     * Writes the file, in the place of one that is there; nothing if the path is empty.
     *
     * @return the exit code: 1 if the file cannot be written, after a line that says why
     */
    public static int write(String path, List<String> objects) {
        if (path.isEmpty()) {
            return 0;
        }
        try {
            Files.write(Path.of(path), objects);
            return 0;
        } catch (IOException e) {
            System.err.println("error: cannot write " + path + ": " + e.getMessage());
            return 1;
        }
    }

    private JsonLines() {}
}
