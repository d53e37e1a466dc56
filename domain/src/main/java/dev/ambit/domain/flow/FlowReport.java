package dev.ambit.domain.flow;

import java.time.Duration;

/**
 * A connection that is over.
 *
 * @param received bytes from the connection's initiator, at either reporter
 * @param sent bytes to the initiator
 */
public record FlowReport(FlowContext context, long received, long sent, Duration duration, FlowOutcome outcome) {}
