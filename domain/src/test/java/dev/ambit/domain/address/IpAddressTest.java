package dev.ambit.domain.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.address.IpAddress.Family;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class IpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "1.2.3.4, 1.2.3.4",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "1:0:0:2:0:0:0:3, 1:0:0:2::3",
        "64:ff9b::1.2.3.4, 64:ff9b::102:304",
        "::ffff:1.2.3.4, 1.2.3.4",
        "::ffff:102:304, 1.2.3.4"
    })
    void readsAndPrintsTheCanonicalForm(String text, String canonical) {
        assertThat(IpAddress.parse(text))
                .hasValueSatisfying(address -> assertThat(address).hasToString(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.4 ",
                "1.2.3.-4",
                "0x1.2.3.4",
                "16909060",
                "localhost",
                "fe80::1%eth0",
                "[::1]",
                "1::2::3",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "12345::",
                "010.1.2.3",
                "1.2.3.04",
                "::ffff:1.2.3.04",
                "::00001"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThat(IpAddress.parse(text)).isEmpty();
        assertThatThrownBy(() -> IpAddress.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "00000000, 0.0.0.0",
        "7f000001, 127.0.0.1",
        "01010101, 1.1.1.1",
        "20010db885a3000000008a2e03707334, 2001:db8:85a3::8a2e:370:7334",
        "00000000000000000000000000000001, ::1",
        "00000000000000000000000000000000, ::"
    })
    void readsTheBytesOfAnAddress(String hex, String address) {
        assertThat(IpAddress.ofBytes(HexFormat.of().parseHex(hex))).contains(IpAddress.of(address));
    }

    @Test
    void refusesOtherLengths() {
        assertThat(IpAddress.ofBytes(new byte[0])).isEmpty();
        assertThat(IpAddress.ofBytes(new byte[5])).isEmpty();
        assertThat(IpAddress.ofBytes(new byte[17])).isEmpty();
        assertThatThrownBy(() -> new IpAddress(0, 1L << 32, Family.IPV4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IpAddress(1, 0, Family.IPV4)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "127.255.0.9, true",
        "128.0.0.1, false",
        "::1, true",
        "::2, false",
        "1::1, false",
        "::ffff:127.0.0.1, true"
    })
    void knowsLoopback(String text, boolean loopback) {
        assertThat(IpAddress.of(text).isLoopback()).isEqualTo(loopback);
    }

    @ParameterizedTest
    @EnumSource
    void loopbackOfEachFamily(Family family) {
        assertThat(IpAddress.loopback(family).isLoopback()).isTrue();
        assertThat(IpAddress.loopback(family).family()).isEqualTo(family);
    }

    @Test
    void v4ComesBeforeV6AndHighBitsAreUnsigned() {
        assertThat(IpAddress.of("255.0.0.1")).isLessThan(IpAddress.of("::1"));
        assertThat(IpAddress.of("7fff::")).isLessThan(IpAddress.of("8000::"));
        assertThat(IpAddress.of("::7fff:0:0:0")).isLessThan(IpAddress.of("::8000:0:0:0"));
    }
}
