package dev.ambit.adapters.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Runs shell commands in a namespace, as someone at a terminal would. */
public final class CommandLine {
    private CommandLine() {}

    /** Runs a script that must succeed; its output. */
    public static String run(NetworkNamespace namespace, String script) {
        return ((LinuxNetworkNamespace) namespace).withFd(fd -> run(fd, script));
    }

    private static String run(int fd, String script) {
        try {
            Process process = new ProcessBuilder(
                            "nsenter",
                            "--net=/proc/" + ProcessHandle.current().pid() + "/fd/" + fd,
                            "sh",
                            "-ec",
                            script)
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor()).as("%s: %s", script, output).isZero();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
