package dev.ambit.adapters.k8s.translate;

import io.fabric8.istio.api.security.v1.AuthorizationPolicy;
import io.fabric8.istio.api.security.v1.PeerAuthentication;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Everything the mesh is derived from, each kind ordered by namespace and name. Kinds without a meaning here are left out. */
public record KubernetesObjects(
        List<Namespace> namespaces,
        List<Node> nodes,
        List<Pod> pods,
        List<Service> services,
        List<EndpointSlice> endpointSlices,
        List<AuthorizationPolicy> authorizationPolicies,
        List<PeerAuthentication> peerAuthentications,
        List<UnreadablePolicy> unreadablePolicies) {

    public static KubernetesObjects of(Collection<HasMetadata> objects, List<UnreadablePolicy> unreadable) {
        return new KubernetesObjects(
                only(objects, Namespace.class),
                only(objects, Node.class),
                only(objects, Pod.class),
                only(objects, Service.class),
                only(objects, EndpointSlice.class),
                only(objects, AuthorizationPolicy.class),
                only(objects, PeerAuthentication.class),
                List.copyOf(unreadable));
    }

    private static <T extends HasMetadata> List<T> only(Collection<HasMetadata> objects, Class<T> kind) {
        return objects.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .sorted(Comparator.comparing((T object) -> ObjectKey.of(object)))
                .toList();
    }
}
