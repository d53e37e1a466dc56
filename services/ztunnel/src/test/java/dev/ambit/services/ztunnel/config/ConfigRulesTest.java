package dev.ambit.services.ztunnel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.ports.transport.TlsPolicy;
import dev.ambit.services.ztunnel.config.LogFilter.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How values are understood, rule by rule. */
@Timeout(30)
class ConfigRulesTest {
    @TempDir
    private Path folder;

    private static Settings settings(String... pairs) {
        var environment = new HashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1]);
        }
        return new Settings(environment, _ -> Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "5s, 5000",
        "1h30m, 5400000",
        "100ms, 100",
        "1.5s, 1500",
        "0s, 0",
        "10, 10000",
        "1d, 86400000",
        "3m + 31, 211000",
        "1H2M, 3720000"
    })
    void timesAreReadAsGoWritesThem(String text, long millis) {
        assertThat(GoDuration.parse(text)).contains(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "s", "-1s", "1y2", "5 apples", "1e3s", "999999999999999999h", "1..5s", "PT5S"})
    void whatIsNoTimeIsNone(String text) {
        assertThat(GoDuration.parse(text)).isEmpty();
    }

    /** As in Istio's ztunnel: TLS 1.2 has no key exchange that the policy allows, so nobody could use it. */
    @ParameterizedTest
    @CsvSource({"'', false, false", "'', true, true", "pqc, false, false", "pqc, true, false"})
    void compliancePolicyGoesBeforeTls12(String policy, String tls12, boolean allowed) {
        TlsConfig tls = TlsConfig.read(settings("COMPLIANCE_POLICY", policy, "TLS12_ENABLED", tls12));

        assertThat(tls.policy()).isEqualTo(new TlsPolicy(allowed, policy.equals("pqc")));
    }

    @Test
    void timesAreToldAsAnOperatorWouldWriteThem() {
        assertThat(GoDuration.format(Duration.ofMinutes(90))).isEqualTo("1h30m");
        assertThat(GoDuration.format(Duration.ZERO)).isEqualTo("0s");
    }

    @ParameterizedTest
    @CsvSource({
        // explicit, concurrency, limit, request, cpu limit, processors, expected
        "4, , , , , 8, 4",
        "0, , , , , 8, 8",
        "50%, , , , 8, 2, 4",
        "30%, , , , 16, 2, 5",
        "10%, , , , 4, 2, 1",
        ", 3, , , , 8, 3",
        ", 0, , , , 8, 8",
        ", , , , , 2, 2",
        ", , , , , 64, 16",
        ", , 1, , , 64, 1",
        ", , 500m, , , 64, 1",
        ", , 1.5, , , 64, 2",
        ", , 2, 6, , 64, 6",
        ", , , 5, , 8, 5",
        "100%, , 3, , 12, 64, 3",
        "0, , , , 100000m, 64, -1"
    })
    void eventLoopsFollowIstiosRule(
            String explicit,
            Integer concurrency,
            String limit,
            String request,
            String cpus,
            int processors,
            int loops) {
        var environment = new HashMap<String, String>();
        put(environment, "ZTUNNEL_WORKER_THREADS", explicit);
        put(environment, "ZTUNNEL_RESOURCE_CPU_LIMIT", limit);
        put(environment, "ZTUNNEL_RESOURCE_CPU_REQUEST", request);
        put(environment, "ZTUNNEL_CPU_LIMIT", cpus);
        var threads = new WorkerThreads(new Settings(environment, _ -> Optional.empty()), processors);

        if (loops < 0) {
            assertThatThrownBy(() -> threads.count(Optional.ofNullable(concurrency)))
                    .hasMessageStartingWith("ZTUNNEL_CPU_LIMIT is '100000m'");
        } else {
            assertThat(threads.count(Optional.ofNullable(concurrency))).isEqualTo(loops);
        }
    }

    private static void put(Map<String, String> environment, String name, String value) {
        if (value != null) {
            environment.put(name, value);
        }
    }

    @ParameterizedTest
    @CsvSource({"30, 25", "11, 6", "10, 9", "1, 1", "0, 1"})
    void theDeadlineEndsBeforeKubernetesPatience(String grace, int seconds) {
        assertThat(DrainConfig.read(settings("AMBIT_UPGRADE_DEADLINE", "1h", "TERMINATION_GRACE_PERIOD_SECONDS", grace))
                        .deadline())
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void anExplicitDeadlineGoesBeforeKubernetesPatience() {
        assertThat(DrainConfig.read(settings(
                                "AMBIT_UPGRADE_DEADLINE",
                                "1h",
                                "TERMINATION_GRACE_PERIOD_SECONDS",
                                "30",
                                "CONNECTION_TERMINATION_DEADLINE",
                                "1s"))
                        .deadline())
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void theMeshFileGivesWayToTheVariableFieldByField() throws IOException {
        Path file = Files.writeString(folder.resolve("mesh"), """
                defaultConfig:
                  discoveryAddress: istiod:15012
                  proxyAdminPort: 15099
                  statsPort: 15888
                  concurrency: 4
                  tracing: {zipkin: {address: x}}
                  proxyMetadata:
                    ISTIO_META_FOO: foo
                    FOOBAR: file
                other: thing
                """);
        String over =
                "{\"proxyAdminPort\": 15999, \"proxyMetadata\": {\"ISTIO_META_FOOBAR\": \"variable\", \"BAR\": \"b\"}}";

        MeshProxyConfig read = MeshProxyConfig.read(file, settings("PROXY_CONFIG", over));

        assertThat(read)
                .isEqualTo(new MeshProxyConfig(
                        Optional.of("istiod:15012"),
                        Optional.of(15_999),
                        Optional.of(15_888),
                        Optional.of(4),
                        Map.of("FOO", "foo", "FOOBAR", "variable", "BAR", "b")));
    }

    @Test
    void environmentGoesBeforeTheMeshsMetadata() {
        Settings settings = settings(
                "PROXY_CONFIG", "proxyMetadata: {A: mesh, B: mesh}", "ISTIO_META_A", "variable", "TRUST_DOMAIN", "td");

        NodeConfig node = NodeConfig.read(settings, MeshProxyConfig.read(folder.resolve("none"), settings));

        assertThat(node.metadata()).isEqualTo(Map.of("A", "variable", "B", "mesh"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1, 2]",
                "statsPort: many",
                "statsPort: 65536",
                "concurrency: -1",
                "proxyMetadata: {A: 1}",
                "a: 1\na: 2",
                "{unclosed",
                "!!java.io.File x"
            })
    void aMeshConfigurationThatCannotBeUsedIsTold(String text) {
        assertThatThrownBy(() -> MeshProxyConfig.read(folder.resolve("none"), settings("PROXY_CONFIG", text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("PROXY_CONFIG");
    }

    @Test
    void aFilterOfLevelsIsTranslated() {
        LogFilter filter = LogFilter.parse(
                "RUST_LOG", "hickory_server::server=off,warn, xds=debug,access=off,ztunnel::dns::server=trace");

        assertThat(filter.root()).contains(Level.WARN);
        assertThat(filter.scopes())
                .containsEntry("dev.ambit.adapters.xds", Level.DEBUG)
                .containsEntry("access", Level.OFF)
                .containsEntry("dev.ambit.services.ztunnel.dns", Level.TRACE)
                .containsEntry("hickory_server::server", Level.OFF);
        assertThatThrownBy(() -> LogFilter.parse("RUST_LOG", "a[b]=info")).hasMessageContaining("span");
    }

    @ParameterizedTest
    @CsvSource({"localhost:53, , 53", "127.0.0.1:5353, 127.0.0.1, 5353", "[::1]:5353, ::1, 5353"})
    void dnsListensWhereTheMetadataSay(String where, String address, int port) {
        Settings settings =
                settings("ISTIO_META_DNS_PROXY_ADDR", where, "ISTIO_META_DNS_CAPTURE", "TRUE", "TRUST_DOMAIN", "td");
        NodeConfig node = NodeConfig.read(settings, MeshProxyConfig.read(folder.resolve("none"), settings));

        DnsConfig dns = DnsConfig.read(settings, node);

        assertThat(dns.enabled()).isTrue();
        assertThat(dns.port()).isEqualTo(port);
        assertThat(dns.address().map(Object::toString)).isEqualTo(Optional.ofNullable(address));
    }

    @Test
    void aDedicatedProxyNamesItsWorkload() {
        assertThat(ServedWorkload.read(settings("PROXY_WORKLOAD_INFO", "ns/name/sa")))
                .isEqualTo(new ServedWorkload("ns", "name", "sa"));
        assertThatThrownBy(() -> ServedWorkload.read(settings("PROXY_WORKLOAD_INFO", "ns/name")))
                .hasMessageStartingWith("PROXY_WORKLOAD_INFO is 'ns/name'; ");
    }
}
