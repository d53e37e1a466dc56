package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.ConnectionFacts;
import dev.ambit.domain.policy.Peer;
import dev.ambit.domain.policy.PolicySet;
import dev.ambit.domain.policy.Verdict;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import java.util.Optional;

/** Decides what to do with a connection that arrives at a pod. Pure. */
public final class InboundPlanner {
    /** Rules that a refusal looks at to explain itself: refusing must stay cheap, whoever provokes it. */
    private static final int EXPLAINED_RULES_MAX = 64;

    private final String network;
    private final InboundOptions options;

    /** Plans for pods in the given network (empty is the default network) with Istio's defaults. */
    public InboundPlanner(String network) {
        this(network, InboundOptions.ISTIO);
    }

    /** Plans for pods in the given network; empty is the default network. */
    public InboundPlanner(String network, InboundOptions options) {
        this.network = network;
        this.options = options;
    }

    /**
     * Never throws. A pod that the view does not know (yet) is refused as {@link RefusalReason.WorkloadUnknown}; the
     * caller may wait for a later view and ask again.
     */
    public InboundPlan plan(MeshView view, InboundAttempt attempt) {
        return switch (attempt) {
            case InboundAttempt.Hbone hbone -> hbone(view, hbone);
            case InboundAttempt.Plaintext plaintext -> plaintext(view, plaintext);
        };
    }

    /**
     * Asks again about a connection that is being carried, after policy or the workload changed.
     *
     * @param facts those of its plan
     * @return why it has to end now; empty if it may go on
     */
    public Optional<RefusalReason> reevaluate(MeshView view, PodRef pod, ConnectionFacts facts) {
        Optional<Workload> workload = view.workloadOf(pod);
        if (workload.isEmpty()) {
            return Optional.of(new RefusalReason.WorkloadGone(pod));
        }
        PolicySet policies = view.policiesFor(workload.get());
        return switch (policies.decide(facts)) {
            case Verdict.Allowed _ -> Optional.empty();
            case Verdict.Denied denied ->
                Optional.of(
                        new RefusalReason.PolicyChanged(denied.reason(), policies.explain(facts, EXPLAINED_RULES_MAX)));
        };
    }

    private InboundPlan hbone(MeshView view, InboundAttempt.Hbone attempt) {
        Optional<Workload> known = view.workloadOf(attempt.destination());
        if (known.isEmpty()) {
            Party source = Party.UNKNOWN.withIdentity(attempt.peer().toString());
            return new InboundPlan.Refuse(
                    context(attempt, source, Party.UNKNOWN, ServiceParty.UNKNOWN),
                    new RefusalReason.WorkloadUnknown(attempt.destination()));
        }
        Workload local = known.get();
        return switch (new LocalTarget(view, network, local, attempt, options.ports()).find()) {
            case LocalTarget.Result.Refused(RefusalReason reason) ->
                new InboundPlan.Refuse(
                        context(attempt, source(view, attempt), known(local), ServiceParty.UNKNOWN), reason);
            case LocalTarget.Result.Found(IpPort destination, Optional<IpPort> announced) -> {
                FlowContext context = context(
                        attempt, source(view, attempt), known(local), service(view, local, attempt, destination));
                var facts = new ConnectionFacts(
                        new Peer.Authenticated(attempt.peer()), attempt.client().ip(), destination);
                String baggage = options.baggage() ? Baggage.of(local).format() : "";
                Optional<ProxyHeader> header =
                        announced.map(asked -> new ProxyHeader(attempt.client(), asked, attempt.peer()));
                yield decided(view, local, context, facts, baggage, header);
            }
        };
    }

    private InboundPlan plaintext(MeshView view, InboundAttempt.Plaintext attempt) {
        IpPort destination = attempt.original();
        if (options.ports().contains(destination.port())) {
            return new InboundPlan.Refuse(
                    context(attempt, Party.UNKNOWN, Party.UNKNOWN, ServiceParty.UNKNOWN),
                    new RefusalReason.RecursiveCall(destination));
        }
        Party source = at(view, attempt.client().ip()).map(Party::of).orElse(Party.UNKNOWN);
        Optional<Workload> known = view.workloadOf(attempt.destination());
        if (known.isEmpty()) {
            return new InboundPlan.Refuse(
                    context(attempt, source, Party.UNKNOWN, ServiceParty.UNKNOWN),
                    new RefusalReason.WorkloadUnknown(attempt.destination()));
        }
        Workload local = known.get();
        ServiceParty service = LocalTarget.serviceAtPort(view, local, destination.port())
                .map(ServiceParty::of)
                .orElse(ServiceParty.UNKNOWN);
        var facts = new ConnectionFacts(new Peer.Anonymous(), attempt.client().ip(), destination);
        return decided(view, local, context(attempt, source, known(local), service), facts, "", Optional.empty());
    }

    private InboundPlan decided(
            MeshView view,
            Workload local,
            FlowContext context,
            ConnectionFacts facts,
            String responseBaggage,
            Optional<ProxyHeader> header) {
        PolicySet policies = view.policiesFor(local);
        return switch (policies.decide(facts)) {
            case Verdict.Allowed _ -> {
                boolean loopback = header.isPresent() && options.localhostTunnels();
                yield new InboundPlan.Forward(
                        context,
                        facts,
                        loopback ? onLoopback(facts.destination()) : facts.destination(),
                        loopback ? new InboundPlan.Origin.Own() : origin(facts),
                        responseBaggage,
                        header);
            }
            case Verdict.Denied denied ->
                new InboundPlan.Refuse(
                        context,
                        new RefusalReason.PolicyDenied(denied.reason(), policies.explain(facts, EXPLAINED_RULES_MAX)));
        };
    }

    /** The caller's address is in the header, so the loopback connection need not (and cannot) show it. */
    private static IpPort onLoopback(IpPort destination) {
        return new IpPort(IpAddress.loopback(destination.ip().family()), destination.port());
    }

    /** A pod that calls itself would answer to itself if its address were preserved; one family cannot show another. */
    private static InboundPlan.Origin origin(ConnectionFacts facts) {
        IpAddress source = facts.source();
        IpAddress destination = facts.destination().ip();
        return source.equals(destination) || source.family() != destination.family()
                ? new InboundPlan.Origin.Own()
                : new InboundPlan.Origin.Preserved(source);
    }

    /**
     * Labels from the workload at the client's address if it is the proven one, else from what its proxy says. Addresses
     * mean nothing from one network to another, so what a gateway brought is not looked up.
     */
    private Party source(MeshView view, InboundAttempt.Hbone attempt) {
        SpiffeId peer = attempt.peer();
        Optional<Workload> found = attempt.headers().isFromElsewhere(network)
                ? Optional.empty()
                : at(view, attempt.client().ip());
        return found.filter(workload -> workload.identity().equals(peer))
                .map(Party::of)
                .orElseGet(() -> described(attempt).party(peer.namespace()))
                .withIdentity(peer.toString());
    }

    private Baggage described(InboundAttempt.Hbone attempt) {
        return options.baggage() ? Baggage.parse(attempt.headers().baggage()) : Baggage.EMPTY;
    }

    private Optional<Workload> at(MeshView view, IpAddress client) {
        return view.workloadAt(new NetworkAddress(network, client));
    }

    /** The service the client named, if this workload serves it, else the first that has the port. */
    private static ServiceParty service(
            MeshView view, Workload local, InboundAttempt.Hbone attempt, IpPort destination) {
        String named = Authority.parse(attempt.authority()) instanceof Authority.Host(String hostname, int _)
                ? hostname
                : Forwarded.host(attempt.headers().forwarded());
        Optional<MeshService> service = named.isEmpty() ? Optional.empty() : LocalTarget.serviceOf(view, local, named);
        return service.or(() -> LocalTarget.serviceAtPort(view, local, destination.port()))
                .map(ServiceParty::of)
                .orElse(ServiceParty.UNKNOWN);
    }

    private static Party known(Workload workload) {
        return Party.of(workload).withIdentity(workload.identity().toString());
    }

    private static FlowContext context(InboundAttempt attempt, Party source, Party destination, ServiceParty service) {
        return switch (attempt) {
            case InboundAttempt.Hbone hbone ->
                new FlowContext(
                        Reporter.DESTINATION,
                        source,
                        destination,
                        service,
                        hbone.client(),
                        hbone.local(),
                        Authority.shown(hbone.authority()),
                        true);
            case InboundAttempt.Plaintext plaintext ->
                new FlowContext(
                        Reporter.DESTINATION,
                        source,
                        destination,
                        service,
                        plaintext.client(),
                        plaintext.original(),
                        "",
                        false);
        };
    }
}
