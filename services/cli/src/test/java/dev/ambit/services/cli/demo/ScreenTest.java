package dev.ambit.services.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    @Test
    void numbersStepsAndRemembersWhatDidNotHold() {
        var screen = new Screen(new PrintStream(shown, true, UTF_8), false);

        screen.step("one");
        screen.check(true, "holds");
        screen.step("two");
        screen.check(false, "does not");

        assertThat(shown.toString(UTF_8)).isEqualToIgnoringNewLines("""

                1. one
                   ✓ holds

                2. two
                   ✗ does not
                """);
        assertThat(screen.failed()).isEqualTo(1);
    }

    @Test
    void coloursOnlyWhenAsked() {
        new Screen(new PrintStream(shown, true, UTF_8), true).check(true, "holds");

        assertThat(shown.toString(UTF_8)).contains("\u001b[32m✓\u001b[0m");
    }
}
