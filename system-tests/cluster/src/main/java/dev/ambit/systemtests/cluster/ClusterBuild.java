package dev.ambit.systemtests.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the script {@code system-tests/cluster/build} makes.
 *
 * @param folder where it is
 */
record ClusterBuild(Path folder) {
    private static final Path SCRIPT = Path.of("system-tests", "cluster", "build");

    /**
     * Finds the programs, or has them built, which takes minutes and is done once per machine and version.
     *
     * @throws IllegalStateException if they can be neither found nor built; the script has said why on standard error
     */
    static ClusterBuild find() {
        Path script = script();
        try {
            Process process = new ProcessBuilder(script.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String folder = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException(script + " failed with status " + status
                        + "; its words are on standard error. Run it by hand to see them again.");
            }
            return new ClusterBuild(Path.of(folder));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while building the test cluster", interrupted);
        }
    }

    private static Path script() {
        Path folder = Path.of("").toAbsolutePath();
        for (Path at = folder; at != null; at = at.getParent()) {
            if (Files.isExecutable(at.resolve(SCRIPT))) {
                return at.resolve(SCRIPT);
            }
        }
        throw new IllegalStateException("no " + SCRIPT + " above " + folder + ": run tests inside the repository");
    }

    /** The program that is etcd, kube-apiserver and kube-controller-manager. */
    Path program() {
        return folder.resolve("kubernetes");
    }

    /** Files of custom resource definitions. */
    List<Path> crds() {
        try (Stream<Path> files = Files.list(folder.resolve("crds"))) {
            return files.sorted().toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
