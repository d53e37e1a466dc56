package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpAddress;
import java.util.function.Function;

/** What {@link OutboundPlanner#decide} comes to: a plan, or the one question that has to be answered before. */
public sealed interface OutboundDecision {

    /** Nothing more has to be known. */
    record Planned(OutboundPlan plan) implements OutboundDecision {}

    /**
     * The chosen endpoint (or gateway) has a host name and no address. Answer with {@link OutboundPlanner#resolved} or
     * {@link OutboundPlanner#unresolved}: the choice has been made and is not made again.
     *
     * @param context of the connection as far as it is known, the destination being the chosen workload
     * @param source the calling workload, for the label of the lookup's metric
     * @param hostname to look up
     * @param preferred the address family the application uses
     * @param onward the plan, given an address
     */
    record NeedsAddress(
            FlowContext context,
            Party source,
            String hostname,
            IpAddress.Family preferred,
            Function<IpAddress, OutboundPlan> onward)
            implements OutboundDecision {}
}
