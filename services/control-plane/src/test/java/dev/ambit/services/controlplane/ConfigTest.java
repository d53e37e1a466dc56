package dev.ambit.services.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import dev.ambit.adapters.k8s.cluster.RemoteClusterOptions;
import dev.ambit.adapters.k8s.translate.DerivationFeatures;
import dev.ambit.domain.issuing.NodeCheck.NodeProxyAccount;
import dev.ambit.services.controlplane.issuing.LivePods.PodName;
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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ConfigTest {

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

    /** Reads one configuration record as the process does, from these environment variables; nothing is started. */
    private static <T> T read(Class<T> record, Map<String, Object> environment) {
        try (var context = ApplicationContext.builder()
                .propertySources(PropertySource.of(
                        "variables",
                        environment,
                        PropertyConvention.ENVIRONMENT_VARIABLE,
                        PropertySource.Origin.of("test")))
                .properties(Map.of("configuration-only", "true"))
                .start()) {
            return context.getBean(record);
        }
    }

    private static final Map<String, Object> ROTATION = Map.of(
            "ROOT_CA_DIR",
            "/plugged",
            "CA_ROTATION_SETTLE",
            "90s",
            "JWT_RULE",
            "{\"issuer\": \"https://issuer.example\"}");

    @Test
    void defaults() {
        assertThat(read(SourceConfig.class, Map.of()))
                .isEqualTo(new SourceConfig("", "", "", "", "/etc/ambit/manifests", "/var/lib/ambit/pod-status"));
        assertThat(read(MeshConfig.class, Map.of()))
                .isEqualTo(new MeshConfig("cluster.local", "Kubernetes", "cluster.local", "", "istio-system"));
        assertThat(read(DerivationConfig.class, Map.of()).features()).isEqualTo(DerivationFeatures.defaults());
        assertThat(read(RemoteConfig.class, Map.of()).options()).isEqualTo(RemoteClusterOptions.DEFAULTS);
        assertThat(read(CaConfig.class, Map.of()))
                .isEqualTo(new CaConfig(
                        "istiod",
                        "/var/lib/ambit/ca",
                        Duration.ofHours(24),
                        Duration.ofDays(90),
                        Duration.ofMinutes(2),
                        "./etc/cacerts",
                        Duration.ofMinutes(10),
                        "",
                        List.of("istio-system/ztunnel"),
                        List.of(),
                        List.of("istio-ca"),
                        Duration.ofHours(12),
                        "/var/lib/ambit/tokens",
                        "/var/lib/ambit/root-cert.pem",
                        List.of("istiod.istio-system.svc", "localhost")));
    }

    @Test
    void everyVariableOfTheDerivationMaps() {
        assertThat(read(
                        DerivationConfig.class,
                        Map.of(
                                "AMBIT_UNBOUND_WAYPOINT", "direct",
                                "AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY", "true",
                                "PILOT_AUTO_ALLOW_WAYPOINT_POLICY", "true",
                                "PILOT_ENABLE_K8S_SELECT_WORKLOAD_ENTRIES", "false",
                                "PILOT_ENABLE_SERVICEENTRY_SELECT_PODS", "false",
                                "PILOT_IP_AUTOALLOCATE_IPV4_PREFIX", "10.240.0.0/16",
                                "PILOT_IP_AUTOALLOCATE_IPV6_PREFIX", "fd00::/64",
                                "AMBIT_SERVICE_ENTRY_VISIBILITY", "{\"defaultVisibility\": \"NONE\"}",
                                "AMBIENT_ENABLE_MULTI_NETWORK", "true",
                                "AMBIT_SERVICE_SCOPE_CONFIGS", "[]")))
                .isEqualTo(new DerivationConfig(
                        "direct",
                        true,
                        true,
                        false,
                        false,
                        "10.240.0.0/16",
                        "fd00::/64",
                        "{\"defaultVisibility\": \"NONE\"}",
                        true,
                        "[]"));
    }

    @Test
    void everyVariableMaps() {
        Map<String, Object> environment = new HashMap<>(Map.of(
                "MANIFESTS_DIR", "/m",
                "POD_STATUS_DIR", "/p",
                "CA_PROVIDER", "ISTIOD",
                "CA_DIR", "/ca",
                "DEFAULT_WORKLOAD_CERT_TTL", "2h",
                "MAX_WORKLOAD_CERT_TTL", "3h",
                "CA_BACKDATE", "0s",
                "CA_TRUSTED_NODE_ACCOUNTS", "a/b,c/d",
                "TOKEN_AUDIENCES", "aud,other",
                "TOKEN_TTL", "20m"));
        environment.putAll(Map.of(
                "CONFIG_SOURCE", "Kubernetes",
                "KUBECONFIG", "/k",
                "KUBERNETES_SERVICE_HOST", "10.96.0.1",
                "POD_NAME", "istiod-0"));
        environment.putAll(Map.of(
                "WORKLOAD_TOKENS", "e/f",
                "TOKENS_DIR", "/t",
                "TRUST_BUNDLE_FILE", "/b",
                "SERVER_NAMES", "x.example,y.example",
                "TRUST_DOMAIN", "td.example",
                "CLUSTER_ID", "c1",
                "CLUSTER_DOMAIN", "c.local",
                "NETWORK", "net-1",
                "ROOT_NAMESPACE", "mesh"));
        environment.putAll(ROTATION);

        assertThat(read(SourceConfig.class, environment))
                .isEqualTo(new SourceConfig("Kubernetes", "/k", "10.96.0.1", "istiod-0", "/m", "/p"));
        assertThat(read(MeshConfig.class, environment))
                .isEqualTo(new MeshConfig("td.example", "c1", "c.local", "net-1", "mesh"));
        CaConfig ca = read(CaConfig.class, environment);
        assertThat(ca)
                .isEqualTo(new CaConfig(
                        "ISTIOD",
                        "/ca",
                        Duration.ofHours(2),
                        Duration.ofHours(3),
                        Duration.ZERO,
                        "/plugged",
                        Duration.ofSeconds(90),
                        "{\"issuer\": \"https://issuer.example\"}",
                        List.of("a/b", "c/d"),
                        List.of("e/f"),
                        List.of("aud", "other"),
                        Duration.ofMinutes(20),
                        "/t",
                        "/b",
                        List.of("x.example", "y.example")));
        assertThat(ca.jwtRule()).contains(new JwtRule("https://issuer.example", "", List.of()));
        assertThat(ca.accounts()).containsExactly(new NodeProxyAccount("a", "b"), new NodeProxyAccount("c", "d"));
        assertThat(ca.ownProxies()).containsExactly(new PodName("e", "f"));
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', MANIFESTS",
        "'', 10.96.0.1, KUBERNETES",
        "manifests, 10.96.0.1, MANIFESTS",
        "kubernetes, '', KUBERNETES"
    })
    void aPodOfAClusterReadsItsApiServerUnlessToldOtherwise(String source, String host, SourceConfig.Kind kind) {
        assertThat(new SourceConfig(source, "", host, "", "/m", "/p").kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "SourceConfig, CONFIG_SOURCE, consul",
        "CaConfig, CA_PROVIDER, acme",
        "CaConfig, DEFAULT_WORKLOAD_CERT_TTL, 0s",
        "CaConfig, DEFAULT_WORKLOAD_CERT_TTL, 3000h",
        "CaConfig, MAX_WORKLOAD_CERT_TTL, 1s",
        "CaConfig, CA_BACKDATE, 2h",
        "CaConfig, TOKEN_TTL, 1m",
        "CaConfig, CA_ROTATION_SETTLE, 0s",
        "CaConfig, JWT_RULE, {}",
        "CaConfig, JWT_RULE, nonsense",
        "CaConfig, CA_TRUSTED_NODE_ACCOUNTS, ztunnel",
        "CaConfig, WORKLOAD_TOKENS, cart",
        "MeshConfig, TRUST_DOMAIN, a/b",
        "MeshConfig, ROOT_NAMESPACE, ''",
        "DerivationConfig, AMBIT_UNBOUND_WAYPOINT, around",
        "DerivationConfig, AMBIT_SERVICE_SCOPE_CONFIGS, GLOBAL",
        "RemoteConfig, AMBIT_REMOTE_CLUSTERS_MAX, 0",
        "RemoteConfig, PILOT_REMOTE_CLUSTER_TIMEOUT, -1s",
        "DerivationConfig, PILOT_IP_AUTOALLOCATE_IPV4_PREFIX, fd00::/64"
    })
    void aValueOutOfRangeIsToldInOneLineWithItsVariable(String record, String variable, String value) {
        Class<?> type = switch (record) {
            case "SourceConfig" -> SourceConfig.class;
            case "CaConfig" -> CaConfig.class;
            case "DerivationConfig" -> DerivationConfig.class;
            case "RemoteConfig" -> RemoteConfig.class;
            default -> MeshConfig.class;
        };

        RuntimeException failure = catchRuntimeException(() -> read(type, Map.of(variable, value)));

        assertThat(Launch.cause(failure)).startsWith(variable + " ").doesNotContain("\n");
    }

    @Test
    void anUnknownAuthorityIsToldWithTheOnesThereAre() {
        RuntimeException failure = catchRuntimeException(() -> read(CaConfig.class, Map.of("CA_PROVIDER", "acme")));

        assertThat(Launch.cause(failure))
                .isEqualTo("CA_PROVIDER is 'acme', which this version does not have; choose istiod or vault");
    }
}
