package dev.ambit.services.cli.lab;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a person is told about a process that ends before it is ready. */
@Timeout(60)
class MeshProcessTest {
    private static final InetSocketAddress NOWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    @TempDir
    private Path folder;

    private void start(String... command) {
        Path log = folder.resolve("log");
        try (MeshProcess process = MeshProcess.start("ours", List.of(command), Map.of(), log)) {
            process.awaitReady(NOWHERE, "/ready", Duration.ofSeconds(40));
        }
    }

    @Test
    void theWordsOfAJvmThatRefusesItsFlags() {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        assertThatThrownBy(() -> start(java, "-XX:NoSuchFlag=1", "-version"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("ours ended with status 1:", "Unrecognized VM option 'NoSuchFlag=1'");
    }

    @Test
    void wordsThatAreNoUtf8() {
        assertThatThrownBy(() -> start("printf", "caf\\351 is shut\\n"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("is shut");
    }

    @Test
    void aProcessThatSaysNothingIsNamedWithItsCommandAndItsLog() {
        assertThatThrownBy(() -> start("sh", "-c", "exit 1"))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("ours ended with status 1:")
                .hasMessageContaining("wrote nothing to " + folder.resolve("log"))
                .hasMessageContaining("sh -c exit 1");
    }
}
