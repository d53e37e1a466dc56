package dev.ambit.services.ztunnel.flow;

import dev.ambit.domain.flow.OutboundDecision;
import dev.ambit.domain.flow.OutboundDecision.NeedsAddress;
import dev.ambit.domain.flow.OutboundDecision.Planned;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.domain.flow.Party;
import dev.ambit.ports.names.HostResolver;
import dev.ambit.ports.names.HostResolverException;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Makes a plan of every decision, by looking up the host name if one is all that is known of an endpoint. */
final class HostLookups {
    private static final String UNKNOWN = "unknown";

    private final OutboundPlanner planner;
    private final HostResolver resolver;
    private final Meter meter;

    HostLookups(OutboundPlanner planner, HostResolver resolver, Meter meter) {
        this.planner = planner;
        this.resolver = resolver;
        this.meter = meter;
    }

    /** Never fails: a name without an address is refused, and says why. */
    CompletionStage<OutboundPlan> plan(OutboundDecision decision) {
        return switch (decision) {
            case Planned(OutboundPlan plan) -> CompletableFuture.completedFuture(plan);
            case NeedsAddress needs -> {
                count(needs);
                yield resolver.addresses(needs.hostname())
                        .handle((addresses, error) -> error == null
                                ? planner.resolved(needs, addresses)
                                : planner.unresolved(needs, why(error)));
            }
        };
    }

    private void count(NeedsAddress needs) {
        Party source = needs.source();
        meter.increment(
                Counter.ON_DEMAND_DNS,
                shown(source.workload()),
                shown(source.canonicalService()),
                shown(source.canonicalRevision()),
                shown(source.namespace()),
                shown(source.identity()),
                shown(source.canonicalService()),
                shown(source.canonicalRevision()),
                shown(source.cluster()),
                shown(needs.hostname()));
    }

    private static String shown(String value) {
        return value.isEmpty() ? UNKNOWN : value;
    }

    private static String why(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof HostResolverException ? String.valueOf(cause.getMessage()) : "lookup failed: " + cause;
    }
}
