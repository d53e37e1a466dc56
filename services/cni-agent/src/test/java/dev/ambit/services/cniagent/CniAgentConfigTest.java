package dev.ambit.services.cniagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.context.event.StartupEvent;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CniAgentConfigTest {

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
    private static CniAgentConfig read(Map<String, Object> environment) {
        try (var context = ApplicationContext.builder()
                .propertySources(PropertySource.of(
                        "variables",
                        environment,
                        PropertyConvention.ENVIRONMENT_VARIABLE,
                        PropertySource.Origin.of("test")))
                .properties(Map.of("configuration-only", "true"))
                .start()) {
            return context.getBean(CniAgentConfig.class);
        }
    }

    @Test
    void defaults() {
        assertThat(read(Map.of("NODE_NAME", "n1")))
                .isEqualTo(new CniAgentConfig(
                        "n1",
                        "",
                        "",
                        "",
                        "/etc/ambit/manifests",
                        "/var/lib/ambit/pod-status",
                        "/var/run/ztunnel/ztunnel.sock",
                        "/run/netns/{namespace}-{name}",
                        List.of("kube-system"),
                        true));
    }

    @Test
    void everyVariableMaps() {
        Map<String, Object> environment = Map.of(
                "NODE_NAME", "n2",
                "CONFIG_SOURCE", "manifests",
                "KUBECONFIG", "/k",
                "KUBERNETES_SERVICE_HOST", "10.96.0.1",
                "MANIFESTS_DIR", "/m",
                "POD_STATUS_DIR", "/p",
                "ZDS_SERVER_ADDRESS", "/z",
                "NETNS_PATTERN", "/run/netns/{uid}",
                "EXCLUDE_NAMESPACES", "a,b",
                "AMBIENT_DNS_CAPTURE", "false");

        assertThat(read(environment))
                .isEqualTo(new CniAgentConfig(
                        "n2",
                        "manifests",
                        "/k",
                        "10.96.0.1",
                        "/m",
                        "/p",
                        "/z",
                        "/run/netns/{uid}",
                        List.of("a", "b"),
                        false));
    }

    @Test
    void aMissingNodeNameIsToldInOneLine() {
        RuntimeException failure = catchRuntimeException(() -> read(Map.of()));

        assertThat(Launch.cause(failure)).startsWith("NODE_NAME is not set").doesNotContain("\n");
    }
}
