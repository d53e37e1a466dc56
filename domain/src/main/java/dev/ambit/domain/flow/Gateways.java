package dev.ambit.domain.flow;

import dev.ambit.domain.flow.EndpointChoice.Caller;
import dev.ambit.domain.flow.EndpointChoice.Endpoint;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.AddressOwner;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.Workload;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Finds the workloads that a waypoint or gateway reference stands for. */
final class Gateways {

    /**
     * One workload of a gateway.
     *
     * @param location empty for one in another network that can only be reached through that network's gateway
     * @param identities of which it must present one
     * @param provider the service of which it is an endpoint, if it was found as one
     */
    record Instance(
            Workload workload,
            Optional<Location> location,
            int port,
            Set<SpiffeId> identities,
            Optional<MeshService> provider) {}

    /** Chooses among the endpoints of a service. */
    @FunctionalInterface
    private interface Choice {
        Optional<Endpoint> of(MeshView view, Caller caller, MeshService service, int port, RandomGenerator random);
    }

    /** An instance of a waypoint; empty if it is unknown or has no usable instance. */
    static Optional<Instance> waypoint(
            MeshView view, Caller caller, GatewayReference reference, RandomGenerator random) {
        return choose(view, caller, reference, random, EndpointChoice::ofWaypoint);
    }

    /** An instance of a network's gateway; empty if it is unknown or has no usable instance. */
    static Optional<Instance> networkGateway(
            MeshView view, Caller caller, GatewayReference reference, RandomGenerator random) {
        return choose(view, caller, reference, random, EndpointChoice::ofService);
    }

    private static Optional<Instance> choose(
            MeshView view, Caller caller, GatewayReference reference, RandomGenerator random, Choice choice) {
        return switch (reference) {
            case GatewayReference.None() -> Optional.empty();
            case GatewayReference.ByHostname(var hostname, int port) -> {
                Optional<MeshService> service = view.service(hostname);
                yield service.isPresent()
                        ? ofService(view, caller, service.get(), port, random, choice)
                        : view.workloadNamed(hostname)
                                .map(workload ->
                                        alone(workload, EndpointChoice.locationOf(workload, caller.family()), port));
            }
            case GatewayReference.ByAddress(var address, int port) ->
                switch (view.ownerOf(address, caller.workload().namespace())) {
                    case AddressOwner.OfService(MeshService service) ->
                        ofService(view, caller.speaking(address.ip().family()), service, port, random, choice);
                    case AddressOwner.OfWorkload(Workload workload) ->
                        Optional.of(alone(workload, Optional.of(new Location.At(address.ip())), port));
                    case AddressOwner.Nobody() -> Optional.empty();
                };
        };
    }

    private static Optional<Instance> ofService(
            MeshView view, Caller caller, MeshService service, int port, RandomGenerator random, Choice choice) {
        return choice.of(view, caller, service, port, random)
                .map(endpoint -> new Instance(
                        endpoint.workload(),
                        EndpointChoice.locationOf(endpoint.workload(), service, caller.family()),
                        endpoint.port(),
                        identitiesOf(endpoint, service),
                        Optional.of(service)));
    }

    private static Instance alone(Workload workload, Optional<Location> location, int port) {
        return new Instance(workload, location, port, Set.of(workload.identity()), Optional.empty());
    }

    /** What an endpoint of a service may present: its own identity, or one that the service declares. */
    static Set<SpiffeId> identitiesOf(Endpoint endpoint, MeshService service) {
        if (service.subjectAltNames().isEmpty()) {
            return Set.of(endpoint.workload().identity());
        }
        var identities = new LinkedHashSet<>(declaredBy(service));
        identities.add(endpoint.workload().identity());
        return identities;
    }

    /** The identities that a service declares for whoever serves it; names that are none say nothing. */
    static Set<SpiffeId> declaredBy(MeshService service) {
        var identities = new LinkedHashSet<SpiffeId>();
        for (String name : service.subjectAltNames()) {
            if (SpiffeId.parse(name) instanceof SpiffeId.Parsed.Valid(SpiffeId id)) {
                identities.add(id);
            }
        }
        return identities;
    }

    /** Whether a workload is one of those that the reference stands for. */
    static boolean includes(MeshView view, GatewayReference reference, Workload workload) {
        return switch (reference) {
            case GatewayReference.None() -> false;
            case GatewayReference.ByHostname(var hostname, int _) -> {
                Optional<MeshService> service = view.service(hostname);
                yield service.isPresent()
                        ? backs(workload, service.get())
                        : view.workloadNamed(hostname)
                                .filter(named -> named.uid().equals(workload.uid()))
                                .isPresent();
            }
            case GatewayReference.ByAddress(var address, int _) ->
                switch (view.ownerOf(address, workload.namespace())) {
                    case AddressOwner.OfService(MeshService service) -> backs(workload, service);
                    case AddressOwner.OfWorkload(Workload owner) -> owner.uid().equals(workload.uid());
                    case AddressOwner.Nobody() -> false;
                };
        };
    }

    /** Whether a workload is an instance of a waypoint of the service. */
    static boolean isWaypointOf(MeshView view, Workload workload, MeshService service) {
        return includes(view, service.waypoint(), workload)
                || service.weightedWaypoints().stream()
                        .anyMatch(weighted -> includes(view, weighted.destination(), workload));
    }

    private static boolean backs(Workload workload, MeshService service) {
        return workload.services().containsKey(service.key());
    }

    private Gateways() {}
}
