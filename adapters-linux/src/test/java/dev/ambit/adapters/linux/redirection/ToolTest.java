package dev.ambit.adapters.linux.redirection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ToolTest {
    private final LinuxNetworkNamespace namespace = LinuxNetworkNamespace.createAnonymous();

    @AfterEach
    void close() {
        namespace.close();
    }

    @Test
    void runsInsideTheNamespace() {
        String seen = new Tool("readlink", "coreutils")
                .run(namespace, "", "/proc/self/ns/net")
                .orThrow();

        assertThat(seen.strip()).isEqualTo("net:[" + namespace.id().inode() + "]");
    }

    @Test
    void missingToolNamesItsPackage() {
        assertThatThrownBy(() -> new Tool("no-such-tool", "tools-for-all").run(namespace, ""))
                .isInstanceOf(PodNetworkException.class)
                .hasMessage("'no-such-tool' is not installed; install the package tools-for-all");
    }

    @Test
    void failureCarriesStatusAndErrors() {
        var outcome = new Tool("sh", "dash").run(namespace, "", "-c", "echo broken >&2; exit 3");

        assertThatThrownBy(outcome::orThrow)
                .isInstanceOf(PodNetworkException.class)
                .hasMessageContaining("failed with status 3: broken");
    }

    @Test
    void longInputAndOutputDoNotBlock() {
        String text = "x".repeat(500_000);

        assertThat(new Tool("cat", "coreutils").run(namespace, text).orThrow()).isEqualTo(text);
    }

    @Test
    void outputWithoutEndIsAnError() {
        var endless = new Tool("head", "coreutils");

        assertThatThrownBy(() -> endless.run(namespace, "", "-c", "3000000", "/dev/zero"))
                .isInstanceOf(PodNetworkException.class)
                .hasMessageContaining("cannot read the output");
    }

    @Test
    void hangingToolIsEnded() {
        var sleeper = new Tool("sleep", "coreutils", Duration.ofMillis(200));

        assertThatThrownBy(() -> sleeper.run(namespace, "", "60"))
                .isInstanceOf(PodNetworkException.class)
                .hasMessageContaining("sleep 60 did not end within 200 ms");
    }
}
