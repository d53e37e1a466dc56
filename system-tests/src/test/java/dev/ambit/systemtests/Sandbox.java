package dev.ambit.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Mount, network and process namespaces of their own, with an empty /run. They hang on a process that ends when its
 * input does: however these tests end, the kernel takes everything inside away.
 */
final class Sandbox implements AutoCloseable {
    private final Process unshare;
    private final long init;

    /** Makes a sandbox and prepares it: {@code preparation} is run inside by bash, with its arguments. */
    Sandbox(List<String> namespaces, String preparation, String... arguments) {
        var command = new ArrayList<>(List.of("unshare"));
        command.addAll(namespaces);
        command.addAll(List.of("--propagation", "private", "--fork", "--kill-child=KILL", "--"));
        command.addAll(List.of("bash", "-ec", preparation + "\necho ready; exec cat >/dev/null", "sandbox"));
        command.addAll(List.of(arguments));
        try {
            unshare = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (unshare.inputReader().readLine() == null) {
                throw new AssertionError("the sandbox cannot be made: see the words of unshare and bash above");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        init = unshare.children().findFirst().orElseThrow().pid();
    }

    /** The host's number of the process that the sandbox hangs on. */
    long pid() {
        return init;
    }

    /** A path of the sandbox as seen from here. */
    Path path(String absolute) {
        return Path.of("/proc/" + init + "/root" + absolute);
    }

    /** Runs a command inside, to its end. */
    String run(String... command) {
        var all = new ArrayList<>(List.of("nsenter", "-t", Long.toString(init), "-m", "-n", "--"));
        all.addAll(List.of(command));
        return Command.run(all.toArray(String[]::new));
    }

    @Override
    public void close() {
        unshare.destroyForcibly();
        ProcessHandle.of(init).ifPresent(ProcessHandle::destroyForcibly);
        try {
            unshare.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Await.until(
                Duration.ofSeconds(10),
                "the sandbox ends",
                () -> !ProcessHandle.of(init).map(ProcessHandle::isAlive).orElse(false));
    }
}
