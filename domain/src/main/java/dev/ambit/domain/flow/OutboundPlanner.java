package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.flow.EndpointChoice.Caller;
import dev.ambit.domain.flow.EndpointChoice.Endpoint;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.service.LoadBalancing.Mode;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.WeightedWaypoint;
import dev.ambit.domain.view.AddressOwner;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.Workload;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Decides what to do with a connection that a pod opens. Pure but for its randomness. */
public final class OutboundPlanner {
    private final String network;
    private final RandomGenerator random;

    /**
     * Plans for pods in one network.
     *
     * @param network the network this proxy is in; empty is the default network
     * @param random must be safe for all threads that call {@link #plan}
     */
    public OutboundPlanner(String network, RandomGenerator random) {
        this.network = network;
        this.random = random;
    }

    /**
     * Never throws. A pod that the view does not know (yet) is refused as {@link RefusalReason.WorkloadUnknown}; the
     * caller may wait for a later view and ask again.
     */
    public OutboundPlan plan(MeshView view, OutboundAttempt attempt) {
        IpPort destination = attempt.destination();
        // By whatever address of its own the pod got here, what is sent there would come back and be sent again.
        boolean own = destination.ip().isLoopback()
                || destination.ip().equals(attempt.client().ip());
        if (own && ProxyPorts.contains(destination.port())) {
            return refused(attempt, new RefusalReason.RecursiveCall(destination));
        }
        return view.workloadOf(attempt.source())
                .map(source -> new Planning(view, attempt, source).plan())
                .orElseGet(() -> refused(attempt, new RefusalReason.WorkloadUnknown(attempt.source())));
    }

    private static OutboundPlan refused(OutboundAttempt attempt, RefusalReason reason) {
        var context = new FlowContext(
                Reporter.SOURCE,
                Party.UNKNOWN,
                Party.UNKNOWN,
                ServiceParty.UNKNOWN,
                attempt.client(),
                attempt.destination(),
                "",
                false);
        return new OutboundPlan.Refuse(context, reason);
    }

    /** One attempt of a known workload. */
    private final class Planning {
        private final MeshView view;
        private final Workload source;
        private final Caller caller;
        private final IpPort client;
        private final IpPort destination;

        Planning(MeshView view, OutboundAttempt attempt, Workload source) {
            this.view = view;
            this.source = source;
            this.client = attempt.client();
            this.destination = attempt.destination();
            this.caller = new Caller(source, network, destination.ip().family());
        }

        OutboundPlan plan() {
            return switch (view.ownerOf(new NetworkAddress(network, destination.ip()), source.namespace())) {
                case AddressOwner.OfService(MeshService service) -> toService(service);
                case AddressOwner.OfWorkload(Workload workload) -> toWorkload(workload);
                case AddressOwner.Nobody() -> passthrough(ServiceParty.UNKNOWN);
            };
        }

        private OutboundPlan toService(MeshService service) {
            ServiceParty party = ServiceParty.of(service);
            GatewayReference waypoint = waypointOf(service);
            // A waypoint that dials a service it stands before means its endpoints; sent to itself it would loop.
            if (waypoint.isPresent() && !Gateways.isWaypointOf(view, source, service)) {
                return throughWaypoint(waypoint, party);
            }
            if (service.loadBalancing().mode() == Mode.PASSTHROUGH) {
                return passthrough(party);
            }
            return EndpointChoice.ofService(view, caller, service, destination.port(), random)
                    .map(endpoint -> toEndpoint(endpoint, service))
                    .orElseGet(() -> refuse(
                            Party.UNKNOWN,
                            party,
                            new RefusalReason.NoHealthyUpstream(service.hostname(), destination.port())));
        }

        /** One of the weighted waypoints at random; if none has weight, the plain one. */
        private GatewayReference waypointOf(MeshService service) {
            GatewayReference chosen = service.waypoint();
            long total = 0;
            for (WeightedWaypoint weighted : service.weightedWaypoints()) {
                long weight = weighted.destination().isPresent() ? Integer.toUnsignedLong(weighted.weight()) : 0;
                total += weight;
                if (weight > 0 && random.nextLong(total) < weight) {
                    chosen = weighted.destination();
                }
            }
            return chosen;
        }

        private OutboundPlan toEndpoint(Endpoint endpoint, MeshService service) {
            Workload workload = endpoint.workload();
            ServiceParty party = ServiceParty.of(service);
            if (!workload.network().equals(network)) {
                return refuse(known(workload), party, new RefusalReason.OtherNetwork(workload.network()));
            }
            IpAddress ip = EndpointChoice.addressOf(workload, service, caller.family())
                    .orElseThrow(() -> new IllegalStateException("chosen without an address: " + workload.uid()));
            return deliver(workload, new IpPort(ip, endpoint.port()), Gateways.identitiesOf(endpoint, service), party);
        }

        private OutboundPlan toWorkload(Workload workload) {
            if (!workload.network().equals(network)) {
                return refuse(
                        known(workload), ServiceParty.UNKNOWN, new RefusalReason.OtherNetwork(workload.network()));
            }
            GatewayReference waypoint = workload.waypoint();
            if (waypoint.isPresent() && !Gateways.includes(view, waypoint, source)) {
                return throughWaypoint(waypoint, ServiceParty.UNKNOWN);
            }
            return deliver(workload, destination, Set.of(workload.identity()), ServiceParty.UNKNOWN);
        }

        /** The waypoint gets what the application dialled, because it is the waypoint that decides where that goes. */
        private OutboundPlan throughWaypoint(GatewayReference waypoint, ServiceParty party) {
            return Gateways.choose(view, caller, waypoint, random)
                    .map(instance -> toInstance(instance, party))
                    .orElseGet(() -> refuse(Party.UNKNOWN, party, new RefusalReason.GatewayUnknown(waypoint)));
        }

        private OutboundPlan toInstance(Gateways.Instance instance, ServiceParty party) {
            Workload workload = instance.workload();
            return workload.network().equals(network)
                    ? tunnel(
                            workload,
                            new IpPort(instance.address(), instance.port()),
                            destination,
                            instance.identities(),
                            party)
                    : refuse(known(workload), party, new RefusalReason.OtherNetwork(workload.network()));
        }

        private OutboundPlan deliver(Workload workload, IpPort to, Set<SpiffeId> expected, ServiceParty party) {
            return workload.isHbone()
                    ? tunnel(workload, new IpPort(to.ip(), ProxyPorts.HBONE), to, expected, party)
                    : new OutboundPlan.Direct(context(Party.of(source), known(workload), party, to, "", false), to);
        }

        private OutboundPlan tunnel(
                Workload workload, IpPort hop, IpPort to, Set<SpiffeId> expected, ServiceParty party) {
            String authority = to.toString();
            Party proven = Party.of(source).withIdentity(source.identity().toString());
            return new OutboundPlan.Tunnel(
                    context(proven, known(workload), party, hop, authority, true),
                    hop,
                    authority,
                    source.identity(),
                    expected,
                    HboneHeaders.of(source, client, party.hostname(), random));
        }

        private OutboundPlan passthrough(ServiceParty party) {
            return new OutboundPlan.Passthrough(
                    context(Party.of(source), Party.UNKNOWN, party, destination, "", false), destination);
        }

        private OutboundPlan refuse(Party to, ServiceParty party, RefusalReason reason) {
            return new OutboundPlan.Refuse(context(Party.of(source), to, party, destination, "", false), reason);
        }

        private FlowContext context(
                Party from, Party to, ServiceParty party, IpPort target, String authority, boolean mutualTls) {
            return new FlowContext(Reporter.SOURCE, from, to, party, client, target, authority, mutualTls);
        }

        private static Party known(Workload workload) {
            return Party.of(workload).withIdentity(workload.identity().toString());
        }
    }
}
