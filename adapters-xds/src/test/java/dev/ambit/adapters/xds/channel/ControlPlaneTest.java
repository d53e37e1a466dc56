package dev.ambit.adapters.xds.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class ControlPlaneTest {
    private static ControlPlane at(String uri) {
        return new ControlPlane(
                URI.create(uri),
                new ControlPlaneRoots.InFile(Path.of("root.pem")),
                Optional.empty(),
                new BearerToken.None(),
                "Kubernetes");
    }

    @ParameterizedTest
    @CsvSource({
        "https://istiod.istio-system.svc:15012, istiod.istio-system.svc, 15012",
        "https://istiod, istiod, 15012",
        "http://localhost, localhost, 15010",
        "https://[::1]:99, ::1, 99"
    })
    void knowsHostAndPort(String uri, String host, int port) {
        ControlPlane controlPlane = at(uri);

        assertThat(controlPlane.host()).isEqualTo(host);
        assertThat(controlPlane.port()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"istiod:15012", "ftp://istiod", "//istiod", "https:///path"})
    void refusesAnAddressThatIsNoControlPlane(String uri) {
        assertThatThrownBy(() -> at(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(uri);
    }

    @Test
    void neverSendsATokenInClearTextToAnotherMachine() {
        assertThat(at("http://istiod:15010").mayCarryToken()).isFalse();
        assertThat(at("http://127.0.0.1:15010").mayCarryToken()).isTrue();
        assertThat(at("https://istiod:15012").mayCarryToken()).isTrue();
    }
}
