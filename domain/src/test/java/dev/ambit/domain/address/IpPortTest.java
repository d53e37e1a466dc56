package dev.ambit.domain.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class IpPortTest {

    @ParameterizedTest
    @CsvSource({
        "1.2.3.4:80, 1.2.3.4:80",
        "[::1]:65535, [::1]:65535",
        "[0:0::1]:1, [::1]:1",
        "[::ffff:1.2.3.4]:80, 1.2.3.4:80",
        "1.2.3.4:0080, 1.2.3.4:80"
    })
    void readsAnAuthority(String text, String canonical) {
        assertThat(IpPort.parse(text)).hasValueSatisfying(end -> assertThat(end).hasToString(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":80",
                "1.2.3.4",
                "1.2.3.4:",
                "1.2.3.4:0",
                "1.2.3.4:65536",
                "1.2.3.4:-1",
                "1.2.3.4:+1",
                "1.2.3.4:8 0",
                "::1:80",
                "::1",
                "[::1]",
                "[::1]80",
                "[::1]:",
                "[1.2.3.4]:80",
                "[]:80",
                "[:80",
                "]:80",
                "[:]:80",
                "[[::1]]:80",
                "example.com:80",
                "1.2.3.4:99999999999",
                "1.2.3.4:\u0661"
            })
    void refusesWhatIsNoAuthority(String text) {
        assertThat(IpPort.parse(text)).isEmpty();
    }

    @Test
    void anyPortIsZeroAndNothingIsBeyondTheLast() {
        assertThat(IpPort.of("1.2.3.4", 0)).hasToString("1.2.3.4:0");
        assertThatThrownBy(() -> IpPort.of("1.2.3.4", 65_536))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536");
        assertThatThrownBy(() -> IpPort.of("1.2.3.4", -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "80, 80", "65535, 65535", "00080, 80"})
    void readsAPort(String text, int port) {
        assertThat(Ports.parse(text)).contains(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "99999", "100000", "-1", "+1", " 1", "1 ", "1e3", "\u0661", "http"})
    void refusesWhatIsNoPort(String text) {
        assertThat(Ports.parse(text)).isEmpty();
    }
}
