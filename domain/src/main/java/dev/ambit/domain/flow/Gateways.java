package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpAddress;
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
     * @param address one of the workload's, or one to reach it in another network by
     * @param identities of which it must present one
     */
    record Instance(Workload workload, IpAddress address, int port, Set<SpiffeId> identities) {}

    /** An instance to send the caller's traffic to; empty if the gateway is unknown or has no usable instance. */
    static Optional<Instance> choose(MeshView view, Caller caller, GatewayReference reference, RandomGenerator random) {
        return switch (reference) {
            case GatewayReference.None() -> Optional.empty();
            case GatewayReference.ByHostname(var hostname, int port) -> {
                Optional<MeshService> service = view.service(hostname);
                yield service.isPresent()
                        ? ofService(view, caller, service.get(), port, random)
                        : view.workloadNamed(hostname).flatMap(workload -> ofWorkload(workload, caller, port));
            }
            case GatewayReference.ByAddress(var address, int port) ->
                switch (view.ownerOf(address, caller.workload().namespace())) {
                    case AddressOwner.OfService(MeshService service) -> ofService(view, caller, service, port, random);
                    case AddressOwner.OfWorkload(Workload workload) ->
                        Optional.of(new Instance(workload, address.ip(), port, Set.of(workload.identity())));
                    case AddressOwner.Nobody() -> Optional.empty();
                };
        };
    }

    private static Optional<Instance> ofService(
            MeshView view, Caller caller, MeshService service, int port, RandomGenerator random) {
        return EndpointChoice.ofGateway(view, caller, service, port, random)
                .flatMap(endpoint -> EndpointChoice.addressOf(endpoint.workload(), service, caller.family())
                        .map(address -> new Instance(
                                endpoint.workload(), address, endpoint.port(), identitiesOf(endpoint, service))));
    }

    private static Optional<Instance> ofWorkload(Workload workload, Caller caller, int port) {
        return workload.addresses().stream()
                .filter(address -> address.family() == caller.family())
                .findFirst()
                .or(() -> workload.addresses().stream().findFirst())
                .map(address -> new Instance(workload, address, port, Set.of(workload.identity())));
    }

    /** What an endpoint of a service may present: its own identity, or one that the service declares. */
    static Set<SpiffeId> identitiesOf(Endpoint endpoint, MeshService service) {
        if (service.subjectAltNames().isEmpty()) {
            return Set.of(endpoint.workload().identity());
        }
        var identities = new LinkedHashSet<SpiffeId>();
        identities.add(endpoint.workload().identity());
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
