package dev.ambit.services.ztunnel.flow;

import dev.ambit.domain.flow.Dependency;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundBasis;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.OutboundReview;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Superseded;
import dev.ambit.domain.policy.PolicySet;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.ports.telemetry.FlowTelemetry.OpenFlow;
import dev.ambit.ports.transport.FlowDecisions.LiveFlow;
import dev.ambit.ports.transport.FlowDecisions.Plan;
import dev.ambit.services.ztunnel.flow.TrackedFlow.Rests;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections being carried, found by what their plans rest on, so that a change of the mesh costs as much as it
 * affects: inbound ones by their pod, whose policies are compared as one; outbound ones by their basis, and that by its
 * dependencies.
 *
 * <p>Safe for use by several threads; changes come one at a time.
 */
final class LiveFlows {
    private final InboundPlanner inboundPlanner;
    private final OutboundReview outboundReview;
    private final Endings endings;
    private final Map<Key, TrackedFlow> flows = new ConcurrentHashMap<>();
    private final Map<PodRef, Pod> inbound = new ConcurrentHashMap<>();
    private final Map<OutboundBasis, Set<TrackedFlow>> outbound = new ConcurrentHashMap<>();
    private final Map<Dependency, Set<OutboundBasis>> dependants = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong reviews = new AtomicLong();

    /** Ends connections. */
    interface Endings {
        /** What must not go on for another moment. */
        void atOnce(TrackedFlow flow, RefusalReason reason);

        /** What may go on for a while; asks {@link LiveFlows#review} again before it ends one. */
        void paced(TrackedFlow flow);
    }

    /** A plan's context by instance: two connections may well look the same. */
    private record Key(FlowContext context) {
        @Override
        @SuppressWarnings("ReferenceEquality") // the instance is the point
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && key.context == context;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(context);
        }
    }

    /** The inbound connections of one pod. */
    private static final class Pod {
        private final Set<TrackedFlow> flows = ConcurrentHashMap.newKeySet();

        /** Those that let all of them in. */
        private volatile PolicySet policies;

        Pod(PolicySet policies) {
            this.policies = policies;
        }
    }

    LiveFlows(InboundPlanner inboundPlanner, OutboundReview outboundReview, Endings endings) {
        this.inboundPlanner = inboundPlanner;
        this.outboundReview = outboundReview;
        this.endings = endings;
    }

    /** How many connections are being carried. */
    int openCount() {
        return open.get();
    }

    /** Shows each connection that is being carried, with its pod; those that begin or end meanwhile may be missed. */
    void forEachOpen(BiConsumer<PodRef, FlowContext> action) {
        flows.forEach((key, flow) -> {
            if (flow.isOpen() && !flow.isOver()) {
                action.accept(flow.pod(), key.context());
            }
        });
    }

    /** How many plans are remembered: those that were made and are not over. */
    int rememberedCount() {
        return flows.size();
    }

    /** How many connections, or groups of equal ones, were judged since the start. */
    long reviewCount() {
        return reviews.get();
    }

    /** Remembers a plan until it is over, unless it refuses. */
    void planned(MeshView view, OutboundAttempt attempt, OutboundPlan plan) {
        if (plan instanceof OutboundPlan.Refuse) {
            return;
        }
        Rests rests = outboundReview
                .basis(view, attempt, plan)
                .<Rests>map(Rests.OnBasis::new)
                .orElseGet(Rests.OnNothing::new);
        track(plan.context(), new TrackedFlow(attempt.source(), rests, view));
    }

    /** As for outbound plans. */
    void planned(MeshView view, InboundAttempt attempt, InboundPlan plan) {
        if (plan instanceof InboundPlan.Forward forward) {
            track(plan.context(), new TrackedFlow(attempt.destination(), new Rests.OnFacts(forward.facts()), view));
        }
    }

    private void track(FlowContext context, TrackedFlow flow) {
        flows.put(new Key(context), flow);
    }

    /**
     * A plan is being carried out. What changed since it was made counts.
     *
     * @param counting begins to count it, unless its plan is not remembered
     * @param current the view in force; asked after the connection can be found by changes
     */
    void opened(LiveFlow live, Supplier<OpenFlow> counting, Supplier<MeshView> current) {
        TrackedFlow flow = flows.remove(new Key(planned(live.plan())));
        if (flow == null) {
            return;
        }
        // Who answers may be known by now, and then it is in the context, with which the end will be reported.
        flows.put(new Key(live.context()), flow);
        open.incrementAndGet();
        MeshView plannedOn = flow.opened(live, counting.get());
        enter(flow, plannedOn);
        // A change from here on finds the connection in its group. One since the plan may have missed it.
        MeshView now = current.get();
        if (!now.equals(plannedOn)) {
            judge(now, flow);
        }
    }

    private static FlowContext planned(Plan plan) {
        return switch (plan) {
            case Plan.Outbound(OutboundPlan outgoing) -> outgoing.context();
            case Plan.Inbound(InboundPlan.Forward incoming) -> incoming.context();
        };
    }

    /** The pod of a plan that is over, and whether it was carried; empty if it was not remembered, as it refused. */
    Optional<TrackedFlow> closed(FlowContext context) {
        TrackedFlow flow = flows.remove(new Key(context));
        if (flow != null) {
            flow.over();
            if (flow.isOpen()) {
                open.decrementAndGet();
                leave(flow);
            }
        }
        return Optional.ofNullable(flow);
    }

    private void enter(TrackedFlow flow, MeshView view) {
        switch (flow.rests()) {
            case Rests.OnFacts _ ->
                inbound.compute(flow.pod(), (pod, known) -> {
                    Pod group = known == null ? new Pod(policies(view, pod)) : known;
                    group.flows.add(flow);
                    return group;
                });
            case Rests.OnBasis(OutboundBasis basis) ->
                outbound.compute(basis, (_, known) -> {
                    Set<TrackedFlow> group = known == null ? indexed(basis) : known;
                    group.add(flow);
                    return group;
                });
            case Rests.OnNothing _ -> {}
        }
    }

    private static PolicySet policies(MeshView view, PodRef pod) {
        return view.workloadOf(pod).map(view::policiesFor).orElse(PolicySet.OPEN);
    }

    private Set<TrackedFlow> indexed(OutboundBasis basis) {
        for (Dependency dependency : basis.dependencies()) {
            dependants.compute(dependency, (_, known) -> {
                Set<OutboundBasis> all = known == null ? ConcurrentHashMap.newKeySet() : known;
                all.add(basis);
                return all;
            });
        }
        return ConcurrentHashMap.newKeySet();
    }

    private void leave(TrackedFlow flow) {
        switch (flow.rests()) {
            case Rests.OnFacts _ ->
                inbound.computeIfPresent(flow.pod(), (_, group) -> {
                    group.flows.remove(flow);
                    return group.flows.isEmpty() ? null : group;
                });
            case Rests.OnBasis(OutboundBasis basis) ->
                outbound.computeIfPresent(basis, (_, group) -> {
                    group.remove(flow);
                    if (!group.isEmpty()) {
                        return group;
                    }
                    unindex(basis);
                    return null;
                });
            case Rests.OnNothing _ -> {}
        }
    }

    private void unindex(OutboundBasis basis) {
        for (Dependency dependency : basis.dependencies()) {
            dependants.computeIfPresent(dependency, (_, all) -> {
                all.remove(basis);
                return all.isEmpty() ? null : all;
            });
        }
    }

    /** Judges what the changes may affect. */
    void changed(MeshView view, List<MeshChange> changes) {
        inbound.forEach((pod, group) -> reviewInbound(view, pod, group));
        for (OutboundBasis basis : affected(changes)) {
            Set<TrackedFlow> group = outbound.get(basis);
            if (group != null && review(view, basis).isPresent()) {
                group.forEach(endings::paced);
            }
        }
    }

    private void reviewInbound(MeshView view, PodRef pod, Pod group) {
        Optional<Workload> workload = view.workloadOf(pod);
        if (workload.isPresent()) {
            PolicySet now = view.policiesFor(workload.get());
            if (now.equals(group.policies)) {
                return;
            }
            group.policies = now;
        }
        group.flows.forEach(flow -> judge(view, flow));
    }

    private Set<OutboundBasis> affected(List<MeshChange> changes) {
        var affected = new LinkedHashSet<OutboundBasis>();
        if (outbound.isEmpty()) {
            return affected;
        }
        for (MeshChange change : changes) {
            for (Dependency touched : Dependency.touchedBy(change)) {
                if (touched instanceof Dependency.OnBlock block) {
                    within(block, affected);
                } else {
                    affected.addAll(dependants.getOrDefault(touched, Set.of()));
                }
            }
        }
        return affected;
    }

    private void within(Dependency.OnBlock block, Set<OutboundBasis> affected) {
        for (OutboundBasis basis : outbound.keySet()) {
            if (block.contains(basis.dialled())) {
                affected.add(basis);
            }
        }
    }

    private void judge(MeshView view, TrackedFlow flow) {
        review(view, flow).ifPresent(reason -> {
            if (reason instanceof Superseded) {
                endings.paced(flow);
            } else {
                endings.atOnce(flow, reason);
            }
        });
    }

    /** Why a connection may not go on in this view; empty if it may, or is over anyway. */
    Optional<RefusalReason> review(MeshView view, TrackedFlow flow) {
        if (flow.isOver()) {
            return Optional.empty();
        }
        return switch (flow.rests()) {
            case Rests.OnFacts(var facts) -> {
                reviews.incrementAndGet();
                yield inboundPlanner.reevaluate(view, flow.pod(), facts);
            }
            case Rests.OnBasis(OutboundBasis basis) -> review(view, basis);
            case Rests.OnNothing _ -> Optional.empty();
        };
    }

    private Optional<RefusalReason> review(MeshView view, OutboundBasis basis) {
        reviews.incrementAndGet();
        return outboundReview.review(view, basis);
    }
}
