package dev.ambit.adapters.loom.tunnel;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.identity.SpiffeId;
import java.util.Set;

/** What must agree for two connections of a pod to share a tunnel. */
record TunnelKey(SpiffeId source, Set<SpiffeId> expected, IpPort hop) {}
