package dev.ambit.services.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.context.event.StartupEvent;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ZtunnelConfigTest {

    /** Keeps the service from setting anything in motion. */
    @Singleton
    @Replaces(Startup.class)
    @Requires(property = "configuration-only")
    static final class NoStartup implements ApplicationEventListener<StartupEvent> {
        @Override
        public void onApplicationEvent(StartupEvent event) {
            // Nothing starts.
        }
    }

    /** Reads the configuration as the process does, from these environment variables; nothing is started. */
    private static ZtunnelConfig read(Map<String, Object> environment) {
        try (var context = ApplicationContext.builder()
                .propertySources(PropertySource.of(
                        "variables",
                        environment,
                        PropertyConvention.ENVIRONMENT_VARIABLE,
                        PropertySource.Origin.of("test")))
                .properties(Map.of("configuration-only", "true"))
                .start()) {
            return context.getBean(ZtunnelConfig.class);
        }
    }

    private static Throwable failure(Map<String, Object> environment) {
        try {
            read(environment);
        } catch (RuntimeException e) {
            return e;
        }
        throw new AssertionError("started with " + environment);
    }

    @Test
    void defaultsAreThoseOfIstio() {
        assertThat(read(Map.of("NODE_NAME", "n1")))
                .isEqualTo(new ZtunnelConfig(
                        "netty",
                        2,
                        "n1",
                        "",
                        "Kubernetes",
                        "cluster.local",
                        "",
                        "",
                        "1.1.1.1",
                        "https://istiod.istio-system.svc:15012",
                        "https://istiod.istio-system.svc:15012",
                        "./var/run/secrets/istio/root-cert.pem",
                        "./var/run/secrets/istio/root-cert.pem",
                        "",
                        "",
                        "./var/run/secrets/tokens/istio-token",
                        Duration.ofHours(24),
                        "/var/run/ztunnel/ztunnel.sock",
                        1337,
                        true,
                        Duration.ofSeconds(5),
                        100));
    }

    @Test
    void everyVariableMaps() {
        Map<String, Object> environment = new HashMap<>();
        environment.put("TRANSPORT", "NETTY");
        environment.put("ZTUNNEL_WORKER_THREADS", "3");
        environment.put("NODE_NAME", "n2");
        environment.put("NETWORK", "net-1");
        environment.put("CLUSTER_ID", "c1");
        environment.put("TRUST_DOMAIN", "td.example");
        environment.put("POD_NAME", "zt-1");
        environment.put("POD_NAMESPACE", "mesh");
        environment.put("INSTANCE_IP", "10.1.1.1");
        environment.put("XDS_ADDRESS", "https://xds:1");
        environment.put("CA_ADDRESS", "https://ca:2");
        environment.put("XDS_ROOT_CA", "/x.pem");
        environment.put("CA_ROOT_CA", "/c.pem");
        environment.put("ALT_XDS_HOSTNAME", "xds.example");
        environment.put("ALT_CA_HOSTNAME", "ca.example");
        environment.put("AUTH_TOKEN", "/token");
        environment.put("SECRET_TTL", "90s");
        environment.put("INPOD_UDS", "/uds");
        environment.put("PACKET_MARK", "7");
        environment.put("IPV6_ENABLED", "false");
        environment.put("CONNECTION_TERMINATION_DEADLINE", "9s");
        environment.put("POOL_MAX_STREAMS_PER_CONNECTION", "11");

        assertThat(read(environment))
                .isEqualTo(new ZtunnelConfig(
                        "NETTY",
                        3,
                        "n2",
                        "net-1",
                        "c1",
                        "td.example",
                        "zt-1",
                        "mesh",
                        "10.1.1.1",
                        "https://xds:1",
                        "https://ca:2",
                        "/x.pem",
                        "/c.pem",
                        "xds.example",
                        "ca.example",
                        "/token",
                        Duration.ofSeconds(90),
                        "/uds",
                        7,
                        false,
                        Duration.ofSeconds(9),
                        11));
    }

    @ParameterizedTest
    @CsvSource({
        "TRANSPORT, loom",
        "ZTUNNEL_WORKER_THREADS, 0",
        "ZTUNNEL_WORKER_THREADS, 257",
        "POOL_MAX_STREAMS_PER_CONNECTION, 0",
        "PACKET_MARK, -1",
        "TRUST_DOMAIN, a/b",
        "SECRET_TTL, 0s",
        "CONNECTION_TERMINATION_DEADLINE, -1s"
    })
    void aValueOutOfRangeIsToldInOneLineWithItsVariable(String variable, String value) {
        String told = Launch.cause(failure(Map.of("NODE_NAME", "n1", variable, value)));

        assertThat(told).startsWith(variable + " is ").doesNotContain("\n");
    }

    @Test
    void aMissingNodeNameIsTold() {
        assertThat(Launch.cause(failure(Map.of()))).startsWith("NODE_NAME is not set");
    }

    @Test
    void anUnknownTransportIsToldWithTheOnesThereAre() {
        assertThat(Launch.cause(failure(Map.of("NODE_NAME", "n1", "TRANSPORT", "loom"))))
                .isEqualTo("TRANSPORT is 'loom', which this version does not have; choose netty");
    }

    @Test
    void anAddressThatIsNoUrlNamesItsVariable() {
        ZtunnelConfig config = read(Map.of("NODE_NAME", "n1"));

        assertThatThrownBy(() -> MeshFactory.controlPlane(config, "XDS_ADDRESS", "not a url", "/root", ""))
                .hasMessageContaining("XDS_ADDRESS is 'https://not a url'");
    }
}
