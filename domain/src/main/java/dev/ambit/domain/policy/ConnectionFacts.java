package dev.ambit.domain.policy;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;

/**
 * What a policy may look at.
 *
 * @param source the caller's address
 * @param destination address and port after resolution: never a VIP, never 15008
 */
public record ConnectionFacts(Peer peer, IpAddress source, IpPort destination) {}
