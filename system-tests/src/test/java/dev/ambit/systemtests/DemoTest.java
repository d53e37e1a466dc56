package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DemoTest {
    private static final int MINUTES_MAX = 4;

    @TempDir
    private Path temp;

    @Test
    void everyClaimOfTheDemonstrationHolds() throws IOException, InterruptedException {
        Path root = Checkout.require();
        Await.step("./ambit demo --check");
        Path output = temp.resolve("output");
        var builder = new ProcessBuilder(root.resolve("ambit").toString(), "demo", "--check")
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("AMBIT_NO_BUILD", "1");
        Process demo = builder.start();
        try {
            assertThat(demo.waitFor(MINUTES_MAX, TimeUnit.MINUTES))
                    .as(() -> "ends within " + MINUTES_MAX + " min; so far: " + printed(output))
                    .isTrue();
        } finally {
            demo.destroy();
        }
        assertThat(demo.exitValue()).as(() -> printed(output)).isZero();
        assertThat(printed(output))
                .contains("every claim of the demonstration holds")
                .doesNotContain("✗");
    }

    private static String printed(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return "(nothing: " + e.getMessage() + ")";
        }
    }
}
