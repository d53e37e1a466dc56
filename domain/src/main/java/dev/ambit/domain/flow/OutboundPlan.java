package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.identity.SpiffeId;
import java.util.Set;

/** What to do with a connection that a pod opens. Every case carries what telemetry says about it. */
public sealed interface OutboundPlan {

    FlowContext context();

    /** Plain TCP to the address the application dialled: nothing in the mesh is known to live there. */
    record Passthrough(FlowContext context, IpPort destination) implements OutboundPlan {}

    /** Plain TCP to a chosen endpoint that is known but outside the mesh. The source address is not preserved. */
    record Direct(FlowContext context, IpPort destination) implements OutboundPlan {}

    /**
     * HBONE: CONNECT within mutual TLS.
     *
     * @param hop where the tunnel ends
     * @param authority what the CONNECT asks for
     * @param source whose certificate to present
     * @param expected the identities of which the hop must present one
     */
    record Tunnel(
            FlowContext context,
            IpPort hop,
            String authority,
            SpiffeId source,
            Set<SpiffeId> expected,
            HboneHeaders headers)
            implements OutboundPlan {
        public Tunnel {
            expected = Set.copyOf(expected);
        }
    }

    /** Close the application's connection. */
    record Refuse(FlowContext context, RefusalReason reason) implements OutboundPlan {}
}
