package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.workload.PodRef;

/**
 * A connection that a pod's application opens.
 *
 * @param source the pod, known from its network namespace, never guessed from an address
 * @param client the application's end
 * @param destination the address the application dialled, before redirection
 */
public record OutboundAttempt(PodRef source, IpPort client, IpPort destination) {}
