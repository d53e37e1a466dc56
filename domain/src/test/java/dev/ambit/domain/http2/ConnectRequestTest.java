package dev.ambit.domain.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.flow.HboneHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ConnectRequestTest {
    private static final HboneHeaders NONE = new HboneHeaders("", "", "");

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1:80", "[::1]:80", "stock.shop.svc:80"})
    void goodOnesHaveNoFault(String authority) {
        assertThat(new ConnectRequest("CONNECT", authority, NONE).fault()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 10.0.0.1:80, not CONNECT",
        "CONNECT, 10.0.0.1, no port",
        "CONNECT, '', no port",
        "CONNECT, :80, no port",
        "CONNECT, 10.0.0.1:99999, no port",
        "CONNECT, ::1:80, brackets",
    })
    void theRestHasOne(String method, String authority, String why) {
        assertThat(new ConnectRequest(method, authority, NONE)
                        .fault()
                        .orElseThrow()
                        .message())
                .contains(why);
    }

    @Test
    void headersAreBoundedTogether() {
        var most = new HboneHeaders("b".repeat(8_000), "f".repeat(100), "t".repeat(92));
        assertThat(new ConnectRequest("CONNECT", "a:1", most).fault()).isEmpty();
        var more = new HboneHeaders("b".repeat(8_000), "f".repeat(100), "t".repeat(93));
        assertThat(new ConnectRequest("CONNECT", "a:1", more)
                        .fault()
                        .orElseThrow()
                        .message())
                .contains("8193");
    }
}
