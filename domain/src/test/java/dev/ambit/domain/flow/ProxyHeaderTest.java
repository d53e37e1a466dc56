package dev.ambit.domain.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.identity.SpiffeId;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Byte for byte, as HAProxy's specification lays a version 2 header out. */
@Timeout(30)
class ProxyHeaderTest {
    private static final SpiffeId CLIENT = SpiffeId.of("spiffe://td/ns/a/sa/b");

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.96.0.5, 11, 0a000001 0a600005",
        "fd00::1, fd00::2, 21, fd000000000000000000000000000001 fd000000000000000000000000000002",
        "10.0.0.1, fd00::2, 21, 00000000000000000000ffff0a000001 fd000000000000000000000000000002",
        "fd00::1, 10.96.0.5, 21, fd000000000000000000000000000001 00000000000000000000ffff0a600005",
    })
    void isLaidOutAsSpecified(String source, String destination, String family, String addresses) {
        byte[] header = new ProxyHeader(IpPort.of(source, 0x1234), IpPort.of(destination, 0xfedc), CLIENT).encode();

        String identity = HexFormat.of().formatHex(CLIENT.toString().getBytes(StandardCharsets.UTF_8));
        String rest = addresses.replace(" ", "") + "1234" + "fedc" + "d0" + "0015" + identity;
        assertThat(HexFormat.of().formatHex(header))
                .isEqualTo(
                        "0d0a0d0a000d0a515549540a" + "21" + family + String.format("%04x", rest.length() / 2) + rest);
    }
}
