package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 4, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DemoTest {

    @Test
    void everyClaimOfTheDemonstrationHolds() throws Exception {
        Path root = Checkout.require();
        Await.step("./ambit demo --check");
        var builder = new ProcessBuilder(root.resolve("ambit").toString(), "demo", "--check");
        builder.directory(root.toFile()).redirectErrorStream(true).environment().put("AMBIT_NO_BUILD", "1");
        Process demo = builder.start();
        try (var output = demo.getInputStream()) {
            demo.getOutputStream().close();
            String printed = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(demo.waitFor()).as(printed).isZero();
            assertThat(printed)
                    .contains("every claim of the demonstration holds")
                    .doesNotContain("✗");
        } finally {
            demo.destroy();
        }
    }
}
