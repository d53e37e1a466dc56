package dev.ambit.domain.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class CidrTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.9.9.9/8, 10.1.1.1, true",
        "0.0.0.0/0, 255.0.0.1, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 1.2.3.4, false",
        "10.0.0.1, 10.0.0.1, true",
        "10.0.0.1, 10.0.0.2, false",
        "fd00::/64, fd00::ffff:0:0:1, true",
        "fd00::/64, fd00:0:0:1::, false",
        "fd00::/65, fd00::8000:0:0:0, false",
        "fd00::1/128, fd00::1, true",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "::ffff:10.0.0.0/104, 10.1.2.3, true",
        "::ffff:10.0.0.0/104, 11.1.2.3, false"
    })
    void contains(String block, String address, boolean inside) {
        assertThat(Cidr.parse(block).orElseThrow().contains(IpAddress.of(address)))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/8/8",
                "10.0.0.0/ 8",
                "10.0.0/8",
                "::/129",
                "::/1000",
                "::ffff:10.0.0.0/95",
                "::ffff:10.0.0.0/129",
                "10.0.0.0/104",
                "x/8"
            })
    void refusesWhatIsNoBlock(String text) {
        assertThat(Cidr.parse(text)).isEmpty();
    }

    @Test
    void refusesLengthsThatTheFamilyDoesNotHave() {
        assertThatThrownBy(() -> new Cidr(IpAddress.of("10.0.0.1"), 33))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("33");
        assertThatThrownBy(() -> new Cidr(IpAddress.of("::1"), -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hostIsABlockOfOne() {
        assertThat(Cidr.host(IpAddress.of("10.0.0.1"))).hasToString("10.0.0.1/32");
        assertThat(Cidr.host(IpAddress.of("::1")).isHost()).isTrue();
        assertThat(Cidr.parse("::1/127").orElseThrow().isHost()).isFalse();
    }
}
