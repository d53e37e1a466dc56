package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.RouteFacts.Backend;
import dev.ambit.adapters.k8s.translate.RouteFacts.Parent;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.BackendObjectReference;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.BackendRef;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteFilter;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ParentReference;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ReferenceGrant;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.TLSRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1alpha2.TCPRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Routes of the Gateway API and ReferenceGrants to their facts. */
final class RouteReader {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final FieldPath RULES = SPEC.child("rules");
    /** As in the Gateway API's definitions. */
    private static final int PARENTS_MAX = 32;

    private static final int GRANTED_MAX = 16;

    private static final int BACKENDS_MAX = 1_024;

    private final HasMetadata route;
    private final List<Backend> backends = new ArrayList<>();

    private RouteReader(HasMetadata route) {
        this.route = route;
    }

    /** Empty if it is no route. */
    static Optional<RouteFacts> read(HasMetadata object) {
        var reader = new RouteReader(object);
        return Optional.ofNullable(
                switch (object) {
                    case HTTPRoute http -> reader.http(http);
                    case GRPCRoute grpc -> reader.grpc(grpc);
                    case TCPRoute tcp -> reader.tcp(tcp);
                    case TLSRoute tls -> reader.tls(tls);
                    default -> null;
                });
    }

    static void check(RouteFacts route, Findings findings) {
        ObjectLimits.size(SPEC.child("parentRefs"), route.parents().size(), PARENTS_MAX, findings);
        ObjectLimits.size(RULES, route.backends().size(), BACKENDS_MAX, findings);
    }

    static void check(ReferenceGrant grant, Findings findings) {
        GrantFacts facts = read(grant);
        ObjectLimits.size(SPEC.child("from"), facts.from().size(), GRANTED_MAX, findings);
        ObjectLimits.size(SPEC.child("to"), facts.to().size(), GRANTED_MAX, findings);
    }

    static GrantFacts read(ReferenceGrant grant) {
        if (grant.getSpec() == null) {
            return new GrantFacts(List.of(), List.of());
        }
        return new GrantFacts(
                Fields.list(grant.getSpec().getFrom()).stream()
                        .map(from -> new GrantFacts.From(
                                Fields.text(from.getGroup()),
                                Fields.text(from.getKind()),
                                Fields.text(from.getNamespace())))
                        .toList(),
                Fields.list(grant.getSpec().getTo()).stream()
                        .map(to -> new GrantFacts.To(
                                Fields.text(to.getGroup()), Fields.text(to.getKind()), Fields.text(to.getName())))
                        .toList());
    }

    private RouteFacts http(HTTPRoute http) {
        if (http.getSpec() == null) {
            return facts(List.of());
        }
        var rules = Fields.list(http.getSpec().getRules());
        for (int i = 0; i < rules.size(); i++) {
            FieldPath at = RULES.child(i);
            var references = Fields.list(rules.get(i).getBackendRefs());
            for (int j = 0; j < references.size(); j++) {
                var reference = references.get(j);
                add(
                        at.child("backendRefs").child(j),
                        reference.getGroup(),
                        reference.getKind(),
                        reference.getNamespace(),
                        reference.getName(),
                        reference.getPort());
            }
            mirrors(at.child("filters"), Fields.list(rules.get(i).getFilters()));
        }
        return facts(Fields.list(http.getSpec().getParentRefs()));
    }

    private void mirrors(FieldPath at, List<HTTPRouteFilter> filters) {
        for (int i = 0; i < filters.size(); i++) {
            var mirror = filters.get(i).getRequestMirror();
            @Nullable BackendObjectReference reference = mirror == null ? null : mirror.getBackendRef();
            if (reference != null) {
                add(
                        at.child(i).child("requestMirror").child("backendRef"),
                        reference.getGroup(),
                        reference.getKind(),
                        reference.getNamespace(),
                        reference.getName(),
                        reference.getPort());
            }
        }
    }

    private RouteFacts grpc(GRPCRoute grpc) {
        if (grpc.getSpec() == null) {
            return facts(List.of());
        }
        var rules = Fields.list(grpc.getSpec().getRules());
        for (int i = 0; i < rules.size(); i++) {
            var references = Fields.list(rules.get(i).getBackendRefs());
            for (int j = 0; j < references.size(); j++) {
                var reference = references.get(j);
                add(
                        RULES.child(i).child("backendRefs").child(j),
                        reference.getGroup(),
                        reference.getKind(),
                        reference.getNamespace(),
                        reference.getName(),
                        reference.getPort());
            }
        }
        return facts(Fields.list(grpc.getSpec().getParentRefs()));
    }

    private RouteFacts tcp(TCPRoute tcp) {
        if (tcp.getSpec() == null) {
            return facts(List.of());
        }
        var rules = Fields.list(tcp.getSpec().getRules());
        for (int i = 0; i < rules.size(); i++) {
            plain(RULES.child(i), Fields.list(rules.get(i).getBackendRefs()));
        }
        return facts(Fields.list(tcp.getSpec().getParentRefs()));
    }

    private RouteFacts tls(TLSRoute tls) {
        if (tls.getSpec() == null) {
            return facts(List.of());
        }
        var rules = Fields.list(tls.getSpec().getRules());
        for (int i = 0; i < rules.size(); i++) {
            plain(RULES.child(i), Fields.list(rules.get(i).getBackendRefs()));
        }
        return facts(Fields.list(tls.getSpec().getParentRefs()));
    }

    private void plain(FieldPath rule, List<BackendRef> references) {
        for (int j = 0; j < references.size(); j++) {
            BackendRef reference = references.get(j);
            add(
                    rule.child("backendRefs").child(j),
                    reference.getGroup(),
                    reference.getKind(),
                    reference.getNamespace(),
                    reference.getName(),
                    reference.getPort());
        }
    }

    /** Who names no kind means a Service. */
    private void add(
            FieldPath at,
            @Nullable String group,
            @Nullable String kind,
            @Nullable String namespace,
            @Nullable String name,
            @Nullable Integer port) {
        backends.add(new Backend(
                at,
                Fields.text(group),
                kind == null || kind.isEmpty() ? "Service" : kind,
                Fields.text(namespace),
                Fields.text(name),
                port == null ? 0 : port));
    }

    private RouteFacts facts(List<ParentReference> parents) {
        return new RouteFacts(
                route.getKind(),
                Fields.namespace(route),
                Fields.name(route),
                parents.stream().map(RouteReader::parent).toList(),
                backends);
    }

    /** The API's own defaults: a Gateway. */
    private static Parent parent(ParentReference parent) {
        return new Parent(
                parent.getGroup() == null ? "gateway.networking.k8s.io" : parent.getGroup(),
                parent.getKind() == null ? "Gateway" : parent.getKind(),
                Fields.text(parent.getNamespace()),
                Fields.text(parent.getName()),
                Fields.text(parent.getSectionName()),
                parent.getPort() == null ? 0 : parent.getPort());
    }
}
