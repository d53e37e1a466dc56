package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.flow.FlowExplanation.Candidate;
import dev.ambit.domain.flow.FlowExplanation.Inbound;
import dev.ambit.domain.flow.FlowExplanation.Outbound;
import dev.ambit.domain.flow.FlowExplanation.Outcome;
import dev.ambit.domain.flow.FlowExplanation.Owner;
import dev.ambit.domain.flow.FlowExplanation.Refusal;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.ConnectionFacts;
import dev.ambit.domain.policy.PolicyExplanation;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.AddressOwner;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.Health;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Says what would become of a connection. It asks the very planners that decide, the caller's and then that of the pod
 * which the plan reaches, so its answer cannot differ from theirs; what it adds is what they looked at.
 *
 * <p>Where the planner chooses among endpoints at random, so does this: ask again for another.
 */
public final class FlowExplainer {
    private static final int ENDPOINTS_MAX = 100;
    private static final int RULES_MAX = 20_000;
    private static final int CLIENT_PORT = 0;
    private static final String USED = " (used)";

    private final String network;
    private final OutboundPlanner outboundPlanner;
    private final InboundPlanner inboundPlanner;

    /** Explains what these planners decide for a proxy of this network. */
    public FlowExplainer(String network, OutboundPlanner outboundPlanner, InboundPlanner inboundPlanner) {
        this.network = network;
        this.outboundPlanner = outboundPlanner;
        this.inboundPlanner = inboundPlanner;
    }

    /** Who calls. */
    public sealed interface Source {
        /** A pod of the mesh, on whatever node. */
        record OfWorkload(Workload workload) implements Source {}

        /** Someone who proves an identity, from an address that policies may look at. */
        record OfIdentity(SpiffeId identity, IpAddress ip) implements Source {}

        /** Someone outside the mesh. */
        record OfAddress(IpAddress ip) implements Source {}
    }

    /** Never throws; what is not known in the view is a refusal. */
    public FlowExplanation explain(MeshView view, Source source, IpPort destination) {
        return switch (source) {
            case Source.OfWorkload(Workload workload) -> fromPod(view, workload, destination);
            case Source.OfIdentity(SpiffeId identity, IpAddress ip) ->
                arriving(view, destination, local -> tunnelled(local, identity, ip, destination));
            case Source.OfAddress(IpAddress ip) ->
                arriving(
                        view,
                        destination,
                        local -> new InboundAttempt.Plaintext(podOf(local), new IpPort(ip, CLIENT_PORT), destination));
        };
    }

    private FlowExplanation fromPod(MeshView view, Workload source, IpPort destination) {
        IpAddress client = source.addresses().stream()
                .filter(address -> address.family() == destination.ip().family())
                .findFirst()
                .or(() -> source.addresses().stream().findFirst())
                .orElse(destination.ip());
        var attempt = new OutboundAttempt(podOf(source), new IpPort(client, CLIENT_PORT), destination);
        OutboundPlan plan = outboundPlanner.plan(view, attempt);
        Outbound outbound = outbound(view, source, destination, plan);
        if (plan instanceof OutboundPlan.Refuse refused) {
            return new FlowExplanation(
                    outcome(refused.reason()), refused.reason().message(), Optional.of(outbound), Optional.empty());
        }
        // What skips the tunnel is asked at the destination as what takes it.
        OutboundPlan asked = plan instanceof OutboundPlan.Local local ? local.tunnel() : plan;
        if (asked instanceof OutboundPlan.Tunnel tunnel && !outbound.waypoint().contains("(used)")) {
            Optional<Workload> reached =
                    view.workloadAt(new NetworkAddress(network, tunnel.hop().ip()));
            if (reached.isPresent()) {
                var arrival = new InboundAttempt.Hbone(
                        podOf(reached.get()),
                        attempt.client(),
                        tunnel.hop(),
                        tunnel.source(),
                        tunnel.authority(),
                        tunnel.headers());
                return arrived(view, reached.get(), arrival, Optional.of(outbound));
            }
        }
        return new FlowExplanation(Outcome.BEYOND, outbound.plan(), Optional.of(outbound), Optional.empty());
    }

    /** What the planner made of it, and what it looked at. */
    private Outbound outbound(MeshView view, Workload source, IpPort destination, OutboundPlan plan) {
        AddressOwner owner = view.ownerOf(new NetworkAddress(network, destination.ip()), source.namespace());
        List<Candidate> candidates = new ArrayList<>();
        int omitted = 0;
        if (owner instanceof AddressOwner.OfService(MeshService service)) {
            var caller =
                    new EndpointChoice.Caller(source, network, destination.ip().family());
            List<Workload> backing = new ArrayList<>();
            view.forEachBacking(service, backing::add);
            backing.sort(Comparator.comparing(workload -> workload.uid().value()));
            omitted = Math.max(0, backing.size() - ENDPOINTS_MAX);
            candidates = candidates(view, caller, service, destination.port(), backing);
        }
        return new Outbound(
                nameOf(source),
                destination,
                switch (owner) {
                    case AddressOwner.OfService(MeshService service) ->
                        new Owner("service", service.key().toString());
                    case AddressOwner.OfWorkload(Workload workload) -> new Owner("workload", nameOf(workload));
                    case AddressOwner.Nobody() -> new Owner("nobody", "");
                },
                waypoint(view, source, owner),
                candidates,
                omitted,
                words(plan),
                plan instanceof OutboundPlan.Refuse refused
                        ? Optional.of(Refusal.of(refused.reason()))
                        : Optional.empty());
    }

    private static String waypoint(MeshView view, Workload source, AddressOwner owner) {
        return switch (owner) {
            case AddressOwner.OfService(MeshService service) -> {
                boolean any = service.waypoint().isPresent()
                        || !service.weightedWaypoints().isEmpty();
                String name = service.weightedWaypoints().isEmpty()
                        ? textOf(service.waypoint())
                        : "one of " + service.weightedWaypoints().size() + " weighted waypoints";
                yield any ? name + used(!Gateways.isWaypointOf(view, source, service)) : "";
            }
            case AddressOwner.OfWorkload(Workload workload) ->
                workload.waypoint().isPresent()
                        ? textOf(workload.waypoint()) + used(!Gateways.includes(view, workload.waypoint(), source))
                        : "";
            case AddressOwner.Nobody() -> "";
        };
    }

    private static String used(boolean used) {
        return used ? USED : " (not used: the caller is this waypoint)";
    }

    private static String textOf(GatewayReference reference) {
        return switch (reference) {
            case GatewayReference.None() -> "none";
            case GatewayReference.ByHostname(var hostname, int port) -> hostname + " port " + port;
            case GatewayReference.ByAddress(var address, int port) -> address + " port " + port;
        };
    }

    private static List<Candidate> candidates(
            MeshView view, EndpointChoice.Caller caller, MeshService service, int port, List<Workload> backing) {
        List<Workload> offered = view.endpoints(service);
        int best = offered.stream()
                .map(workload -> EndpointChoice.standing(caller, service, port, workload))
                .filter(EndpointChoice.Standing::usable)
                .mapToInt(EndpointChoice.Standing::rank)
                .max()
                .orElse(-1);
        return backing.stream()
                .limit(ENDPOINTS_MAX)
                .map(workload -> {
                    var standing = EndpointChoice.standing(caller, service, port, workload);
                    boolean unready = workload.health() == Health.UNHEALTHY && !offered.contains(workload);
                    String why = unready ? "not ready" : standing.why(port, best);
                    return new Candidate(
                            nameOf(workload), standing.port(), why.isEmpty(), why.isEmpty() ? "candidate" : why);
                })
                .toList();
    }

    private static String words(OutboundPlan plan) {
        return switch (plan) {
            case OutboundPlan.Passthrough passthrough ->
                "plain TCP to " + passthrough.destination() + ", which nobody in the mesh owns";
            case OutboundPlan.Direct direct ->
                "plain TCP to " + direct.destination() + ", which is known and outside the mesh";
            case OutboundPlan.Local local -> "without a tunnel, on one node, as " + words(local.tunnel());
            case OutboundPlan.Tunnel tunnel ->
                "HBONE to " + tunnel.hop() + " for " + tunnel.authority() + ", as " + tunnel.source() + ", expecting "
                        + tunnel.expected().stream()
                                .sorted(Comparator.comparing(SpiffeId::toString))
                                .toList();
            case OutboundPlan.DoubleTunnel twice ->
                "HBONE to the gateway " + twice.outer().hop() + " of another network, and through it HBONE for "
                        + twice.outer().authority();
            case OutboundPlan.Refuse refused -> "refused: " + refused.reason().message();
        };
    }

    /** How a tunnel for an identity would arrive, were it somebody's whom we do not know. */
    private static InboundAttempt tunnelled(Workload local, SpiffeId identity, IpAddress ip, IpPort destination) {
        return new InboundAttempt.Hbone(
                podOf(local),
                new IpPort(ip, CLIENT_PORT),
                new IpPort(destination.ip(), ProxyPorts.HBONE),
                identity,
                destination.toString(),
                HboneHeaders.NONE);
    }

    private FlowExplanation arriving(MeshView view, IpPort destination, Function<Workload, InboundAttempt> attempt) {
        Optional<Workload> local = view.workloadAt(new NetworkAddress(network, destination.ip()));
        return local.map(workload -> arrived(view, workload, attempt.apply(workload), Optional.empty()))
                .orElseGet(() -> new FlowExplanation(
                        Outcome.BEYOND,
                        "no workload of the mesh has the address " + destination.ip()
                                + "; for a service ask with a pod as the caller",
                        Optional.empty(),
                        Optional.empty()));
    }

    private FlowExplanation arrived(
            MeshView view, Workload local, InboundAttempt attempt, Optional<Outbound> outbound) {
        if (!local.isHbone()) {
            return new FlowExplanation(
                    Outcome.BEYOND,
                    nameOf(local) + " is outside the mesh: no proxy checks",
                    outbound,
                    Optional.empty());
        }
        return switch (inboundPlanner.plan(view, attempt)) {
            case InboundPlan.Forward forward -> {
                PolicyExplanation why = policies(view, local, forward.facts());
                yield new FlowExplanation(
                        Outcome.ALLOWED,
                        why.summary(),
                        outbound,
                        Optional.of(new Inbound(nameOf(local), Optional.of(why), Optional.empty())));
            }
            case InboundPlan.Refuse refused -> {
                Optional<PolicyExplanation> why = refused.reason() instanceof RefusalReason.PolicyDenied denied
                        ? Optional.of(policies(view, local, denied.explanation().facts()))
                        : Optional.empty();
                yield new FlowExplanation(
                        outcome(refused.reason()),
                        why.map(PolicyExplanation::summary)
                                .orElse(refused.reason().message()),
                        outbound,
                        Optional.of(new Inbound(nameOf(local), why, Optional.of(Refusal.of(refused.reason())))));
            }
        };
    }

    /** The same question with room for the whole answer. */
    private static PolicyExplanation policies(MeshView view, Workload local, ConnectionFacts facts) {
        return view.policiesFor(local).explain(facts, RULES_MAX);
    }

    private static Outcome outcome(RefusalReason reason) {
        return reason instanceof RefusalReason.Denied ? Outcome.DENIED : Outcome.REFUSED;
    }

    private static PodRef podOf(Workload workload) {
        return new PodRef(
                "", workload.namespace(), workload.name(), workload.identity().serviceAccount());
    }

    private static String nameOf(Workload workload) {
        return workload.namespace() + "/" + workload.name();
    }
}
