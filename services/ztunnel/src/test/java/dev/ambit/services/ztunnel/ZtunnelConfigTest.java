package dev.ambit.services.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.xds.channel.BearerToken;
import dev.ambit.adapters.xds.channel.ControlPlaneRoots;
import dev.ambit.ports.transport.TransportLimits.OriginalSource;
import dev.ambit.services.ztunnel.config.DiscoveryConfig;
import dev.ambit.services.ztunnel.config.DnsConfig;
import dev.ambit.services.ztunnel.config.InPodConfig;
import dev.ambit.services.ztunnel.config.KeepaliveConfig;
import dev.ambit.services.ztunnel.config.LogConfig;
import dev.ambit.services.ztunnel.config.ServerPorts;
import dev.ambit.services.ztunnel.config.TlsConfig;
import dev.ambit.services.ztunnel.config.TunnelConfig;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.context.event.StartupEvent;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

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
        ZtunnelConfig config = read(Map.of());

        assertThat(config.dataPlane().enabled()).isTrue();
        assertThat(config.dataPlane().dedicated()).isEmpty();
        assertThat(config.dataPlane().packetMark()).isEqualTo(0x539);
        assertThat(config.dataPlane().originalSource()).isEqualTo(OriginalSource.WHERE_ALLOWED);
        assertThat(config.dataPlane().baggage()).isTrue();
        assertThat(config.dataPlane().socks5()).isFalse();
        assertThat(config.inPod()).isEqualTo(new InPodConfig(Path.of("/var/run/ztunnel/ztunnel.sock"), true));
        assertThat(config.tunnels())
                .isEqualTo(new TunnelConfig(100, Duration.ofMinutes(5), 4 << 20, 16 << 20, 1 << 20));
        assertThat(config.keepalive())
                .isEqualTo(new KeepaliveConfig(true, Duration.ofMinutes(3), Duration.ofMinutes(3), 9, false));
        assertThat(config.discovery().controlPlane().address()).contains(URI.create("https://localhost:15012"));
        assertThat(config.discovery().onDemand()).isFalse();
        assertThat(config.discovery().local()).isEmpty();
        assertThat(config.authority().secretTtl()).isEqualTo(Duration.ofHours(24));
        assertThat(config.authority().controlPlane().roots())
                .isEqualTo(new ControlPlaneRoots.InFile(Path.of("./var/run/secrets/istio/root-cert.pem")));
        assertThat(config.token()).isEqualTo(new BearerToken.InFile(Path.of("./var/run/secrets/tokens/istio-token")));
        assertThat(config.node().clusterId()).isEqualTo("Kubernetes");
        assertThat(config.node().instanceIp()).isEqualTo("1.1.1.1");
        assertThat(config.node().ownPod()).isEmpty();
        assertThat(config.dns()).isEqualTo(new DnsConfig(true, Optional.empty(), 15_053, Optional.empty()));
        assertThat(config.tls()).isEqualTo(new TlsConfig(false, false, Optional.empty()));
        assertThat(config.logging()).isEqualTo(new LogConfig(false, Optional.empty(), false));
        assertThat(config.ports()).isEqualTo(new ServerPorts(15_000, 15_020, 15_021));
        assertThat(config.drain().deadline()).isEqualTo(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @CsvFileSource(resources = "other-values.csv", delimiter = '|', lineSeparator = "\n")
    void everyVariableIsRead(String variable, String value, String beside) {
        Map<String, Object> environment = new HashMap<>(Map.of(variable, value));
        Map<String, Object> without = new HashMap<>();
        if (beside != null) {
            String[] pair = beside.split("=", 2);
            environment.put(pair[0], pair[1]);
            without.put(pair[0], pair[1]);
        }

        assertThat(read(environment)).isNotEqualTo(read(without));
    }

    @Test
    void noVariableOfTheTableIsForgotten() throws IOException {
        String settings = Files.readString(Path.of("src/main/resources/application.yml"));
        Set<String> listed = Pattern.compile("\\$\\{([A-Z0-9_]+):")
                .matcher(settings)
                .results()
                .map(it -> it.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        listed.removeAll(Set.of("FAKE_CA", "PROXY_WORKLOAD_INFO", "TRANSPORT"));

        assertThat(
                        Files.readAllLines(Path.of("src/test/resources/dev/ambit/services/ztunnel/other-values.csv"))
                                .stream()
                                .map(line -> line.split("\\|", 2)[0].strip()))
                .containsAll(listed);
    }

    @ParameterizedTest
    @CsvSource({
        "TRANSPORT, loom",
        "ADMIN_PORT, 15020",
        "ADMIN_PORT, 15008",
        "ADMIN_PORT, 0",
        "STATS_PORT, 15021",
        "READINESS_PORT, 15053",
        "PROXY_MODE, both",
        "ENABLE_PROXY, yes",
        "ENABLE_ORIG_SRC, auto",
        "ZTUNNEL_WORKER_THREADS, 257",
        "ZTUNNEL_WORKER_THREADS, 0%",
        "ZTUNNEL_RESOURCE_CPU_LIMIT, 0",
        "POOL_MAX_STREAMS_PER_CONNECTION, 0",
        "HTTP2_FRAME_SIZE, 16383",
        "KEEPALIVE_TIME, 10ms",
        "PACKET_MARK, -1",
        "TRUST_DOMAIN, a/b",
        "SECRET_TTL, 0s",
        "SECRET_TTL, soon",
        "FAKE_CA, true",
        "CA_ADDRESS, ''",
        "XDS_ADDRESS, not a url",
        "XDS_ADDRESS, ftp://x",
        "XDS_ON_DEMAND, true",
        "COMPLIANCE_POLICY, fips",
        "LOG_FORMAT, xml",
        "RUST_LOG, loud=very",
        "ISTIO_META_DNS_PROXY_ADDR, somewhere",
        "CONNECTION_TERMINATION_DEADLINE, -1s"
    })
    void aValueThatCannotBeUsedIsToldInOneLineWithItsVariable(String variable, String value) {
        String told = Launch.cause(failure(Map.of(variable, value)));

        assertThat(told).startsWith(variable + " is '" + value + "'; ").doesNotContain("\n");
    }

    @Test
    void withNeitherConnectionsNorDnsThereIsNothingToDo() {
        assertThat(Launch.cause(failure(Map.of("ENABLE_PROXY", "false", "ISTIO_META_DNS_CAPTURE", "false"))))
                .startsWith("ENABLE_PROXY is 'false'; ");
    }

    @Test
    void portsOfTheMeshMayNotMeetEither() {
        assertThat(Launch.cause(failure(Map.of("PROXY_CONFIG", "{\"statsPort\": 15021}"))))
                .startsWith("STATS_PORT is '15021'; that port is that of READINESS_PORT; ");
        assertThat(read(Map.of("PROXY_CONFIG", "{\"statsPort\": 0}")).ports().stats())
                .isEqualTo(15_020);
    }

    @Test
    void twoLocalPicturesAreOneTooMany() {
        assertThat(Launch.cause(failure(Map.of("LOCAL_XDS", "{}", "LOCAL_XDS_PATH", "/x"))))
                .startsWith("LOCAL_XDS_PATH is '/x'; set either it or LOCAL_XDS");
    }

    @Test
    void headersAreNamedInLowerCaseAndMustBeSendable() {
        ZtunnelConfig config = read(Map.of("XDS_HEADER_HEADER_FOO", "foo", "CA_HEADER_X", "y"));

        assertThat(config.discovery().controlPlane().headers()).containsExactly(Map.entry("header_foo", "foo"));
        assertThat(config.authority().controlPlane().headers()).containsExactly(Map.entry("x", "y"));
        assertThat(Launch.cause(failure(Map.of("XDS_HEADER_GRPC-X", "y")))).startsWith("XDS_HEADER_GRPC-X names no");
        assertThat(Launch.cause(failure(Map.of("XDS_HEADER_X", "a\nb")))).startsWith("XDS_HEADER_X has a value");
    }

    @Test
    void addressesFollowTheSurroundings() {
        assertThat(read(Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1"))
                        .discovery()
                        .controlPlane()
                        .address())
                .contains(URI.create("https://istiod.istio-system.svc:15012"));
        assertThat(read(Map.of("XDS_ADDRESS", "istiod:15012"))
                        .discovery()
                        .controlPlane()
                        .address())
                .contains(URI.create("https://istiod:15012"));
        assertThat(read(Map.of("XDS_ADDRESS", "")).discovery().controlPlane().address())
                .isEmpty();
    }

    @Test
    void aTokenIsAFileOrItself() {
        assertThat(read(Map.of("AUTH_TOKEN", "/not/yet/there")).token())
                .isEqualTo(new BearerToken.InFile(Path.of("/not/yet/there")));
        assertThat(read(Map.of("AUTH_TOKEN", "abc.def")).token()).isEqualTo(new BearerToken.Literal("abc.def"));
        assertThat(read(Map.of("AUTH_TOKEN", "abc.def")).toString()).doesNotContain("abc.def");
        assertThat(Launch.cause(failure(Map.of("AUTH_TOKEN", "two words")))).doesNotContain("two words");
    }

    @Test
    void whatIsWrittenInAValueIsNotInterpreted() {
        assertThat(read(Map.of("LOCAL_XDS", "a: ${HOME:b}\n# `c`, d"))
                        .discovery()
                        .local())
                .contains(new DiscoveryConfig.LocalMesh.Inline("a: ${HOME:b}\n# `c`, d"));
    }

    @Test
    void levelsOfTheFilterAreSet() {
        try {
            read(Map.of("RUST_LOG", "made::up=trace"));

            assertThat(LoggerFactory.getLogger("made::up").isTraceEnabled()).isTrue();
        } finally {
            read(Map.of("RUST_LOG", "made::up=info"));
        }
    }
}
