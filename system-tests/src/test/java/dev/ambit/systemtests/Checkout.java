package dev.ambit.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where the built product is, and whether it can be run here at all. */
final class Checkout {

    /**
     * The root folder of the repository.
     *
     * @throws AssertionError with the way out, where system tests cannot run: they must never pass by not running
     */
    static Path require() {
        requireRoot();
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isExecutable(root.resolve("ambit"))) {
            Path parent = root.getParent();
            if (parent == null) {
                throw new AssertionError("no folder above " + Path.of("").toAbsolutePath() + " has the script 'ambit'");
            }
            root = parent;
        }
        for (String service : List.of("control-plane", "ztunnel", "cni-agent", "cli")) {
            if (!Files.exists(jar(root, service))) {
                throw new AssertionError(
                        jar(root, service) + " is not there: system tests run packaged services, so './mvnw verify'");
            }
        }
        return root;
    }

    static Path jar(Path root, String service) {
        return root.resolve("services/" + service + "/target/" + service + "-0.1.0-SNAPSHOT.jar");
    }

    private static void requireRoot() {
        try {
            if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
                throw new AssertionError(
                        "system tests make network namespaces and need root: run them as root, such as by 'sudo ./ambit verify'");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Checkout() {}
}
