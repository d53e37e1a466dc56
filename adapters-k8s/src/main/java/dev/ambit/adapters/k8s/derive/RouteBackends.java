package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.RoutePart.Outcome;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.GrantFacts;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.RouteFacts;
import dev.ambit.adapters.k8s.translate.RouteFacts.Backend;
import dev.ambit.adapters.k8s.translate.ServiceFacts.PortFacts;
import java.util.List;
import java.util.Optional;

/**
 * Whether everything that a route sends something to is there and may be referred to. Into another namespace that needs a
 * ReferenceGrant there, as the Gateway API says.
 */
record RouteBackends(Reading reading, RouteFacts route) {

    /** The first that cannot be resolved decides; each is remarked on. */
    Outcome resolved(Remarks remarks) {
        Optional<Outcome> first = Optional.empty();
        for (Backend backend : route.backends()) {
            Optional<Outcome> failure = failure(backend);
            failure.ifPresent(why -> remarks.warn(backend.at(), why.message()));
            first = first.or(() -> failure);
        }
        return first.orElseGet(() -> Outcome.fine("ResolvedRefs", "everything it refers to is there"));
    }

    private Optional<Outcome> failure(Backend backend) {
        String home = backend.namespace().isEmpty() ? route.namespace() : backend.namespace();
        String what = backend.kind() + " " + home + "/" + backend.name();
        return switch (backend.group() + "/" + backend.kind()) {
            case "/Service" ->
                permitted(backend, home, what)
                        .or(() -> reading.read(Named.service(home, backend.name()))
                                .map(service -> port(backend, service.ports(), what))
                                .orElseGet(() -> missing(what)));
            case RoutePart.ENTRY_GROUP + "/ServiceEntry" ->
                permitted(backend, home, what)
                        .or(() -> reading.read(Named.serviceEntry(home, backend.name()))
                                .map(entry -> port(backend, entry.ports(), what))
                                .orElseGet(() -> missing(what)));
            // Istio's own: a host name of the mesh, which belongs to no namespace.
            case RoutePart.ENTRY_GROUP + "/Hostname" ->
                reading.read(Members.host(backend.name())).isEmpty()
                        ? missing("host " + backend.name())
                        : Optional.empty();
            default ->
                Optional.of(Outcome.not(
                        "InvalidKind",
                        "nothing can be sent to kind '" + backend.kind() + "' of group '" + backend.group()
                                + "': use Service, ServiceEntry or Hostname"));
        };
    }

    private static Optional<Outcome> missing(String what) {
        return Optional.of(Outcome.not("BackendNotFound", what + " is not there"));
    }

    private static Optional<Outcome> port(Backend backend, List<PortFacts> ports, String what) {
        return ports.stream().anyMatch(port -> port.port() == backend.port())
                ? Optional.empty()
                : Optional.of(Outcome.not(
                        "BackendNotFound",
                        what + (backend.port() == 0 ? ": no port is named" : " has no port " + backend.port())));
    }

    private Optional<Outcome> permitted(Backend backend, String home, String what) {
        if (home.equals(route.namespace())) {
            return Optional.empty();
        }
        var referrer = new GrantFacts.From(RoutePart.GATEWAY_GROUP, route.kind(), route.namespace());
        var target = new GrantFacts.To(backend.group(), backend.kind(), backend.name());
        for (ObjectKey key : reading.read(Members.grantsIn(home))) {
            if (reading.read(Named.grant(key))
                    .filter(grant -> grant.allows(referrer, target))
                    .isPresent()) {
                return Optional.empty();
            }
        }
        return Optional.of(Outcome.not(
                "RefNotPermitted",
                what + " is in another namespace, which has no ReferenceGrant for it: write one there"));
    }
}
