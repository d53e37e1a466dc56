package dev.ambit.adapters.k8s.derive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ambit.adapters.k8s.derive.MeshDerivation.Derived;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.workload.Workload;
import io.fabric8.istio.api.security.v1.PeerAuthentication;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Objects written as relaxed JSON (single quotes, bare names), and what is derived from them. */
final class Manifests {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .build();

    private Manifests() {}

    private static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException bad) {
            throw new IllegalArgumentException(json, bad);
        }
    }

    /** Any kind of object. */
    static <T> T object(Class<T> type, String fields) {
        return read("{" + fields + "}", type);
    }

    static Pod pod(String metadata, String spec, String status) {
        return read(
                "{metadata: {name: 'cart', namespace: 'shop', " + metadata + "}, spec: {" + spec + "}, status: {"
                        + status + "}}",
                Pod.class);
    }

    static Pod pod(String metadata) {
        return pod(metadata, "nodeName: 'node-a'", "podIP: '10.0.0.1'");
    }

    static Pod podNamed(String name, String ip) {
        return read("{metadata: {name: '" + name + "', namespace: 'shop'}, status: {podIP: '" + ip + "'}}", Pod.class);
    }

    static Service service(String spec) {
        return service("labels: {}", spec);
    }

    static Service service(String metadata, String spec) {
        return read(
                "{metadata: {name: 'cart', namespace: 'shop', " + metadata + "}, spec: {" + spec + "}}", Service.class);
    }

    static Namespace namespace(String name, String metadata) {
        return read("{metadata: {name: '" + name + "', " + metadata + "}}", Namespace.class);
    }

    static Node node(String labels) {
        return read("{metadata: {name: 'node-a', labels: {" + labels + "}}}", Node.class);
    }

    static EndpointSlice slice(String rest) {
        return read(
                "{metadata: {name: 'cart-x1', namespace: 'shop', labels: {'kubernetes.io/service-name': 'cart'}}, "
                        + rest + "}",
                EndpointSlice.class);
    }

    static io.fabric8.istio.api.security.v1.AuthorizationPolicy policy(String namespace, String spec) {
        return policy(namespace, "labels: {}", spec);
    }

    static io.fabric8.istio.api.security.v1.AuthorizationPolicy policy(String namespace, String metadata, String spec) {
        return read(
                "{metadata: {name: 'guard', namespace: '" + namespace + "', " + metadata + "}, spec: {" + spec + "}}",
                io.fabric8.istio.api.security.v1.AuthorizationPolicy.class);
    }

    static PeerAuthentication peerAuthentication(String namespace, String name, String spec) {
        return read(
                "{metadata: {name: '" + name + "', namespace: '" + namespace + "'}, spec: {" + spec + "}}",
                PeerAuthentication.class);
    }

    static Derived derive(HasMetadata... objects) {
        return derive(DerivationOptions.defaults(), objects);
    }

    static Derived derive(DerivationOptions options, HasMetadata... objects) {
        return new MeshDerivation(options).derive(KubernetesObjects.of(Arrays.asList(objects), List.of()));
    }

    static Workload workload(HasMetadata... objects) {
        return derive(objects).state().workloads().values().iterator().next();
    }

    static MeshService meshService(HasMetadata... objects) {
        return derive(objects).state().services().values().iterator().next();
    }

    static AuthorizationPolicy guard(HasMetadata... objects) {
        return Objects.requireNonNull(derive(objects)
                .state()
                .policies()
                .get(new PolicyName(objects[0].getMetadata().getNamespace(), "guard")));
    }

    static List<String> messages(Derived derived) {
        return derived.problems().stream().map(ObjectProblem::message).toList();
    }
}
