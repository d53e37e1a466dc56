package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.flow.EndpointChoice.Caller;
import dev.ambit.domain.flow.EndpointChoice.Endpoint;
import dev.ambit.domain.flow.OutboundDecision.NeedsAddress;
import dev.ambit.domain.flow.OutboundDecision.Planned;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.service.LoadBalancing.Mode;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.WeightedWaypoint;
import dev.ambit.domain.view.AddressOwner;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.Workload;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** One attempt of a known workload, on its way to a decision. */
final class OutboundPlanning {
    private final MeshView view;
    private final String network;
    private final RandomGenerator random;
    private final boolean sameNode;
    private final Workload source;
    private final Caller caller;
    private final IpPort client;
    private final IpPort destination;

    OutboundPlanning(
            MeshView view,
            String network,
            RandomGenerator random,
            boolean sameNode,
            OutboundAttempt attempt,
            Workload source) {
        this.view = view;
        this.network = network;
        this.random = random;
        this.sameNode = sameNode;
        this.source = source;
        this.client = attempt.client();
        this.destination = attempt.destination();
        this.caller = new Caller(source, network, destination.ip().family());
    }

    OutboundDecision decide() {
        return switch (view.ownerOf(new NetworkAddress(network, destination.ip()), source.namespace())) {
            case AddressOwner.OfService(MeshService service) -> toService(service);
            case AddressOwner.OfWorkload(Workload workload) -> toWorkload(workload);
            case AddressOwner.Nobody() -> passthrough(ServiceParty.UNKNOWN);
        };
    }

    private OutboundDecision toService(MeshService service) {
        ServiceParty party = ServiceParty.of(service);
        GatewayReference waypoint = waypointOf(service);
        // A waypoint that dials a service it stands before means its endpoints; sent to itself it would loop.
        if (waypoint.isPresent() && !Gateways.isWaypointOf(view, source, service)) {
            return Gateways.waypoint(view, caller, waypoint, random)
                    .map(instance -> isElsewhere(instance.workload())
                            ? toOtherNetwork(instance.workload(), instance.provider(), party)
                            : toWaypoint(waypoint, instance, party))
                    .orElseGet(() -> refuse(Party.UNKNOWN, party, new RefusalReason.GatewayUnknown(waypoint)));
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

    private OutboundDecision toEndpoint(Endpoint endpoint, MeshService service) {
        Workload workload = endpoint.workload();
        ServiceParty party = ServiceParty.of(service);
        if (isElsewhere(workload)) {
            return toOtherNetwork(workload, Optional.of(service), party);
        }
        Location location = EndpointChoice.locationOf(workload, service, caller.family())
                .orElseThrow(() -> new IllegalStateException("chosen without an address: " + workload.uid()));
        Set<SpiffeId> expected = Gateways.identitiesOf(endpoint, service);
        return reach(
                location, workload, party, ip -> deliver(workload, new IpPort(ip, endpoint.port()), expected, party));
    }

    private OutboundDecision toWorkload(Workload workload) {
        GatewayReference waypoint = workload.waypoint();
        if (waypoint.isPresent() && !Gateways.includes(view, waypoint, source)) {
            return Gateways.waypoint(view, caller, waypoint, random)
                    .map(instance -> isElsewhere(instance.workload())
                            ? refuse(
                                    known(instance.workload()),
                                    ServiceParty.UNKNOWN,
                                    new RefusalReason.OtherNetwork(
                                            instance.workload().network(),
                                            "only a service can be reached there, and " + destination + " is none"))
                            : toWaypoint(waypoint, instance, ServiceParty.UNKNOWN))
                    .orElseGet(() ->
                            refuse(Party.UNKNOWN, ServiceParty.UNKNOWN, new RefusalReason.GatewayUnknown(waypoint)));
        }
        return new Planned(deliver(workload, destination, Set.of(workload.identity()), ServiceParty.UNKNOWN));
    }

    private boolean isElsewhere(Workload workload) {
        return !workload.network().equals(network);
    }

    /** The waypoint gets what the application dialled, because it is the waypoint that decides where that goes. */
    private OutboundDecision toWaypoint(GatewayReference waypoint, Gateways.Instance instance, ServiceParty party) {
        Workload workload = instance.workload();
        return instance.location()
                .map(location -> reach(
                        location,
                        workload,
                        party,
                        ip -> tunnel(
                                workload,
                                new IpPort(ip, instance.port()),
                                destination.toString(),
                                instance.identities(),
                                party)))
                .orElseGet(() -> refuse(known(workload), party, new RefusalReason.GatewayUnknown(waypoint)));
    }

    /**
     * Through the gateway of the other network, which gets the service's name: which workload there serves it is not
     * decided here. So whoever answers has to prove one of the names that the provider declares, not a workload's own.
     *
     * @param workload why the connection leaves this network: an endpoint there, or a waypoint
     * @param provider the service of which that workload is an endpoint
     */
    private OutboundDecision toOtherNetwork(Workload workload, Optional<MeshService> provider, ServiceParty party) {
        GatewayReference gateway = workload.networkGateway();
        if (!gateway.isPresent()) {
            var noWay = new RefusalReason.OtherNetwork(workload.network(), "it names no network gateway to go through");
            return refuse(known(workload), party, noWay);
        }
        Set<SpiffeId> expected = provider.map(Gateways::declaredBy).orElseGet(Set::of);
        if (expected.isEmpty()) {
            String name = provider.map(MeshService::hostname).orElseGet(workload::name);
            return refuse(known(workload), party, new RefusalReason.NoIdentityDeclared(name, workload.network()));
        }
        return Gateways.networkGateway(view, caller, gateway, random)
                .flatMap(instance -> instance.location()
                        .map(location -> reach(
                                location,
                                instance.workload(),
                                party,
                                ip -> doubleTunnel(instance, ip, expected, party))))
                .orElseGet(() -> refuse(Party.UNKNOWN, party, new RefusalReason.GatewayUnknown(gateway)));
    }

    private OutboundPlan doubleTunnel(
            Gateways.Instance gateway, IpAddress ip, Set<SpiffeId> expected, ServiceParty party) {
        OutboundPlan.Tunnel outer = tunnel(
                gateway.workload(),
                new IpPort(ip, gateway.port()),
                party.hostname() + ":" + destination.port(),
                gateway.identities(),
                party);
        return new OutboundPlan.DoubleTunnel(outer, expected, outer.headers().from(network));
    }

    /** Goes on at once where the address is known, after a lookup where only a name is. */
    private OutboundDecision reach(
            Location location, Workload workload, ServiceParty party, Function<IpAddress, OutboundPlan> onward) {
        return switch (location) {
            case Location.At(IpAddress ip) -> new Planned(onward.apply(ip));
            case Location.Named(String hostname) ->
                new NeedsAddress(
                        context(Party.of(source), known(workload), party, destination, "", false),
                        proven(),
                        hostname,
                        caller.family(),
                        onward);
        };
    }

    private OutboundPlan deliver(Workload workload, IpPort to, Set<SpiffeId> expected, ServiceParty party) {
        if (!workload.isHbone()) {
            return new OutboundPlan.Direct(context(Party.of(source), known(workload), party, to, "", false), to);
        }
        OutboundPlan.Tunnel tunnel =
                tunnel(workload, new IpPort(to.ip(), ProxyPorts.HBONE), to.toString(), expected, party);
        return sameNode && isNeighbour(workload)
                ? new OutboundPlan.Local(tunnel, workload.namespace(), workload.name())
                : tunnel;
    }

    /**
     * Whether the tunnel would lead from this node's proxy back to it, and from there to the application itself: not to a
     * workload that ends tunnels on its own, wants them elsewhere, or shares its node's network.
     */
    private boolean isNeighbour(Workload workload) {
        return !source.node().isEmpty()
                && workload.node().equals(source.node())
                && workload.clusterId().equals(source.clusterId())
                && workload.uid().isPod()
                && workload.networkMode() == NetworkMode.STANDARD
                && !workload.nativeTunnel()
                && !workload.applicationTunnel().isPresent();
    }

    private OutboundPlan.Tunnel tunnel(
            Workload workload, IpPort hop, String authority, Set<SpiffeId> expected, ServiceParty party) {
        return new OutboundPlan.Tunnel(
                context(proven(), known(workload), party, hop, authority, true),
                hop,
                authority,
                source.identity(),
                expected,
                HboneHeaders.of(source, client, party.hostname(), random));
    }

    private OutboundDecision passthrough(ServiceParty party) {
        return new Planned(new OutboundPlan.Passthrough(
                context(Party.of(source), Party.UNKNOWN, party, destination, "", false), destination));
    }

    private OutboundDecision refuse(Party to, ServiceParty party, RefusalReason reason) {
        return new Planned(
                new OutboundPlan.Refuse(context(Party.of(source), to, party, destination, "", false), reason));
    }

    private FlowContext context(
            Party from, Party to, ServiceParty party, IpPort target, String authority, boolean mutualTls) {
        return new FlowContext(Reporter.SOURCE, from, to, party, client, target, authority, mutualTls);
    }

    private Party proven() {
        return Party.of(source).withIdentity(source.identity().toString());
    }

    private static Party known(Workload workload) {
        return Party.of(workload).withIdentity(workload.identity().toString());
    }
}
