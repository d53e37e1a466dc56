package dev.ambit.services.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped flags are what the documents say, and a JVM takes them. */
class JvmOptionsTest {
    private static final Path HOME = Path.of("../..");

    @ParameterizedTest
    @ValueSource(strings = {"ztunnel", "control-plane", "cni-agent"})
    void aJvmStartsWithThem(String service) throws Exception {
        Path options = HOME.resolve("deploy/jvm").resolve(service + ".options");
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + options, "-version")
                .redirectErrorStream(true)
                .start();
        String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(java.waitFor()).as(said).isZero();
        assertThat(said).doesNotContain("warning", "Unrecognized");
    }

    @Test
    void everyFlagOfTheNodeProxyIsExplained() throws Exception {
        String performance = Files.readString(HOME.resolve("docs/performance.md"));
        List<String> flags = Files.readAllLines(HOME.resolve("deploy/jvm/ztunnel.options")).stream()
                .filter(line -> line.startsWith("-"))
                .toList();

        assertThat(flags)
                .isNotEmpty()
                .allSatisfy(flag -> assertThat(performance).contains("`" + flag + "`"));
    }
}
