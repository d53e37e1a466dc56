package dev.ambit.services.controlplane.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.adapters.k8s.manifests.ManifestConfigurationSource;
import dev.ambit.adapters.k8s.manifests.ManifestOptions;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import dev.ambit.adapters.xds.proto.security.Authorization;
import dev.ambit.adapters.xds.proto.workload.Address;
import dev.ambit.adapters.xds.wire.ResourceEncoder;
import dev.ambit.domain.view.MeshState;
import dev.ambit.ports.configuration.ConfigurationProblem;
import dev.ambit.ports.configuration.ConfigurationSource;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Manifests in, resources out, compared as they go over the wire with what Istio's rules say. The expected resources are
 * written from those rules, not from what came out.
 */
@Timeout(60)
class GoldenTest {
    private static final int CASES_MIN = 40;

    @TempDir
    Path folder;

    static Stream<GoldenCase> cases() throws IOException, URISyntaxException {
        Path golden = Path.of(
                Objects.requireNonNull(GoldenTest.class.getResource("/golden")).toURI());
        try (Stream<Path> files = Files.list(golden)) {
            return files.sorted().map(GoldenCase::read).toList().stream();
        }
    }

    @Test
    void thereAreManyCases() throws IOException, URISyntaxException {
        assertThat(cases()).hasSizeGreaterThanOrEqualTo(CASES_MIN);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void manifestsBecomeTheExpectedResources(GoldenCase golden) throws IOException, InvalidProtocolBufferException {
        Files.writeString(folder.resolve("manifests.yaml"), golden.manifests());

        MeshState state = derived(DerivationOptions.defaults().with(golden.features()));

        Map<String, Object> sent = new TreeMap<>();
        for (Map.Entry<String, Map<String, Object>> resource : resources(state).entrySet()) {
            Map<String, Object> seen = seen(golden.only(), resource.getValue());
            if (golden.only().isEmpty() || golden.expected().containsKey(resource.getKey())) {
                sent.put(resource.getKey(), seen);
            }
        }
        assertThat(sent).isEqualTo(new TreeMap<>(golden.expected()));
    }

    private MeshState derived(DerivationOptions options) {
        var state = new AtomicReference<MeshState>();
        try (var source = new ManifestConfigurationSource(ManifestOptions.of(folder), options)) {
            source.start(new ConfigurationSource.Listener() {
                @Override
                public void derived(MeshState first) {
                    state.set(first);
                }

                @Override
                public void problems(List<ConfigurationProblem> problems) {
                    // What is wrong is other tests' matter.
                }
            });
        }
        return Objects.requireNonNull(state.get());
    }

    private static Map<String, Map<String, Object>> resources(MeshState state) throws InvalidProtocolBufferException {
        Map<String, Map<String, Object>> resources = new TreeMap<>();
        for (var workload : state.workloads().values()) {
            Resource resource = ResourceEncoder.address(workload);
            resources.put(
                    resource.getName(),
                    PlainData.of(Address.parseFrom(resource.getResource().getValue())));
        }
        for (var service : state.services().values()) {
            Resource resource = ResourceEncoder.address(service);
            resources.put(
                    resource.getName(),
                    PlainData.of(Address.parseFrom(resource.getResource().getValue())));
        }
        for (var policy : state.policies().values()) {
            Resource resource = ResourceEncoder.authorization(policy);
            resources.put(
                    resource.getName(),
                    Map.of(
                            "authorization",
                            PlainData.of(Authorization.parseFrom(
                                    resource.getResource().getValue()))));
        }
        return resources;
    }

    /** Of a resource whose kind is not compared as a whole, the fields that are. */
    private static Map<String, Object> seen(List<String> only, Map<String, Object> resource) {
        String kind = resource.keySet().iterator().next();
        if (only.isEmpty() || only.contains(kind)) {
            return resource;
        }
        var fields = new LinkedHashMap<>(GoldenCase.map(Objects.requireNonNull(resource.get(kind))));
        fields.keySet().retainAll(only);
        return fields;
    }
}
