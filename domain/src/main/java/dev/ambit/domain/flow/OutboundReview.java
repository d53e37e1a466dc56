package dev.ambit.domain.flow;

import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.flow.OutboundBasis.EndpointBasis;
import dev.ambit.domain.flow.OutboundBasis.ServiceBasis;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.WeightedWaypoint;
import dev.ambit.domain.view.AddressOwner;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.Workload;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Judges outbound connections that are being carried when the mesh changes. One has to end when identity, route through a
 * waypoint, or protection would now be another; not because an endpoint is gone, unhealthy or no longer preferred, nor
 * because something is not known any more: new connections are refused then, and those that work are left alone. Pure.
 */
public final class OutboundReview {
    private final String network;

    /** Judges the connections of pods in the given network; empty is the default network. */
    public OutboundReview(String network) {
        this.network = network;
    }

    /**
     * What a plan rests on; empty for one that refuses.
     *
     * @param view the view from which the plan was made
     */
    public Optional<OutboundBasis> basis(MeshView view, OutboundAttempt attempt, OutboundPlan plan) {
        if (plan instanceof OutboundPlan.Refuse) {
            return Optional.empty();
        }
        var dialled = new NetworkAddress(network, attempt.destination().ip());
        return view.workloadOf(attempt.source()).map(source -> {
            AddressOwner owner = view.ownerOf(dialled, source.namespace());
            Optional<Workload> hop = endpoint(view, owner, plan);
            return new OutboundBasis(
                    attempt.source(),
                    source.identity(),
                    dialled,
                    owner instanceof AddressOwner.OfService(MeshService service)
                            ? Optional.of(new ServiceBasis(service.key(), Set.copyOf(service.subjectAltNames())))
                            : Optional.empty(),
                    on(view, waypoints(view, source, owner), hop),
                    hop.map(workload -> new EndpointBasis(workload.uid(), workload.identity())),
                    plan.context().mutualTls());
        });
    }

    /** A service without a tunnel to it is dialled as it is: who answers at a virtual address is not known here. */
    private Optional<Workload> endpoint(MeshView view, AddressOwner owner, OutboundPlan plan) {
        return plan instanceof OutboundPlan.Passthrough && owner instanceof AddressOwner.OfService
                ? Optional.empty()
                : view.workloadAt(
                        new NetworkAddress(network, plan.context().target().ip()));
    }

    private static Set<GatewayReference> on(MeshView view, Set<GatewayReference> waypoints, Optional<Workload> hop) {
        if (waypoints.isEmpty()) {
            return Set.of();
        }
        var taken = new LinkedHashSet<GatewayReference>();
        for (GatewayReference waypoint : waypoints) {
            if (hop.isPresent() && Gateways.includes(view, waypoint, hop.get())) {
                taken.add(waypoint);
            }
        }
        // An instance in another network cannot be told apart: it may be one of any of them.
        return taken.isEmpty() ? waypoints : taken;
    }

    /** Those that traffic from the source has to take; none for what is itself an instance of one. */
    private static Set<GatewayReference> waypoints(MeshView view, Workload source, AddressOwner owner) {
        return switch (owner) {
            case AddressOwner.OfService(MeshService service) -> {
                Set<GatewayReference> all = waypointsOf(service);
                yield all.isEmpty() || Gateways.isWaypointOf(view, source, service) ? Set.of() : all;
            }
            case AddressOwner.OfWorkload(Workload workload) ->
                workload.waypoint().isPresent() && !Gateways.includes(view, workload.waypoint(), source)
                        ? Set.of(workload.waypoint())
                        : Set.of();
            case AddressOwner.Nobody() -> Set.of();
        };
    }

    /** The weighted ones that can be chosen; if there are none, the plain one. */
    private static Set<GatewayReference> waypointsOf(MeshService service) {
        var all = new LinkedHashSet<GatewayReference>();
        for (WeightedWaypoint weighted : service.weightedWaypoints()) {
            if (weighted.weight() != 0 && weighted.destination().isPresent()) {
                all.add(weighted.destination());
            }
        }
        if (all.isEmpty() && service.waypoint().isPresent()) {
            all.add(service.waypoint());
        }
        return all;
    }

    /**
     * Asks again about connections that are being carried.
     *
     * @return why they have to end; empty if they may go on
     */
    public Optional<RefusalReason> review(MeshView view, OutboundBasis basis) {
        Optional<Workload> source = view.workloadOf(basis.source());
        if (source.isEmpty()) {
            return Optional.empty();
        }
        if (basis.tunnelled() && !source.get().identity().equals(basis.identity())) {
            return Optional.of(new Superseded.IdentityChanged(
                    source.get().uid(), basis.identity(), source.get().identity()));
        }
        AddressOwner owner = view.ownerOf(basis.dialled(), source.get().namespace());
        return route(view, source.get(), owner, basis)
                .or(() -> endpoint(view, basis))
                .or(() -> joined(owner, basis))
                .or(() -> withdrawn(view, basis));
    }

    private static Optional<RefusalReason> route(
            MeshView view, Workload source, AddressOwner owner, OutboundBasis basis) {
        if (owner instanceof AddressOwner.Nobody) {
            return Optional.empty();
        }
        Set<GatewayReference> now = waypoints(view, source, owner);
        boolean kept =
                basis.waypoints().isEmpty() ? now.isEmpty() : now.stream().anyMatch(basis.waypoints()::contains);
        return kept
                ? Optional.empty()
                : Optional.of(new Superseded.WaypointChanged(basis.dialled(), basis.waypoints(), now));
    }

    private static Optional<RefusalReason> endpoint(MeshView view, OutboundBasis basis) {
        if (basis.endpoint().isEmpty()) {
            return Optional.empty();
        }
        EndpointBasis before = basis.endpoint().get();
        Optional<Workload> now = view.workload(before.uid());
        if (now.isEmpty()) {
            return Optional.empty();
        }
        if (basis.tunnelled()) {
            return now.get().identity().equals(before.identity())
                    ? Optional.empty()
                    : Optional.of(new Superseded.IdentityChanged(
                            before.uid(), before.identity(), now.get().identity()));
        }
        return joined(now.get());
    }

    /** An address at which nobody was known, or somebody else. */
    private static Optional<RefusalReason> joined(AddressOwner owner, OutboundBasis basis) {
        return !basis.tunnelled() && owner instanceof AddressOwner.OfWorkload(Workload workload)
                ? joined(workload)
                : Optional.empty();
    }

    private static Optional<RefusalReason> joined(Workload workload) {
        return workload.isHbone() ? Optional.of(new Superseded.JoinedMesh(workload.uid())) : Optional.empty();
    }

    private static Optional<RefusalReason> withdrawn(MeshView view, OutboundBasis basis) {
        if (!basis.tunnelled() || basis.service().isEmpty()) {
            return Optional.empty();
        }
        ServiceBasis before = basis.service().get();
        return view.service(before.key())
                .filter(now -> !Set.copyOf(now.subjectAltNames()).containsAll(before.identities()))
                .map(_ -> new Superseded.IdentityWithdrawn(before.key()));
    }
}
