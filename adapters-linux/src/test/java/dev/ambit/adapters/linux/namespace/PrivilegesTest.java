package dev.ambit.adapters.linux.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.ports.podnetwork.PodNetworkException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Needs root: a process of its own gives capabilities up (capabilities(7)) and asks (facts on ztunnel, section 16). */
@Timeout(120)
class PrivilegesTest {
    private static final int MARK = 1337;

    /** What the other process runs. */
    static final class Probe {
        public static void main(String[] arguments) {
            try {
                Privileges.require(MARK);
                System.out.print("allowed");
            } catch (PodNetworkException refused) {
                System.out.print(refused.getMessage());
            }
        }
    }

    /** Marks may be set with CAP_NET_RAW as well, since Linux 5.17. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    +all                    | allowed
                    +all,-sys_admin         | network namespaces; it needs CAP_SYS_ADMIN
                    +all,-net_admin,-net_raw| may not set PACKET_MARK 1337 on sockets; it needs CAP_NET_ADMIN
                    """)
    void whatAProcessMayNotDoIsSaidAtItsStart(String capabilities, String said)
            throws IOException, InterruptedException {
        Process probe = new ProcessBuilder(
                        "setpriv",
                        "--bounding-set=" + capabilities,
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Probe.class.getName())
                .redirectErrorStream(true)
                .start();

        String output = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(probe.waitFor()).as(output).isZero();
        assertThat(output).contains(said);
    }
}
