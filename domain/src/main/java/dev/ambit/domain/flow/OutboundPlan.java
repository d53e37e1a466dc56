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

    /**
     * HBONE within HBONE, to another network: a pooled tunnel to its gateway, and through one stream of that a second
     * tunnel of this connection's own, to the workload (or waypoint) that the gateway chooses. Both CONNECTs ask for the
     * outer one's authority, the service by name.
     *
     * @param outer the tunnel to the gateway, not to carry the application's bytes
     * @param expected the identities of which whoever answers behind the gateway must present one; never empty
     * @param headers of the inner CONNECT
     */
    record DoubleTunnel(Tunnel outer, Set<SpiffeId> expected, HboneHeaders headers) implements OutboundPlan {
        public DoubleTunnel {
            expected = Set.copyOf(expected);
            if (expected.isEmpty()) {
                throw new IllegalArgumentException("nobody could prove to be " + outer.authority());
            }
        }

        /** As far as it is known before anybody has answered: the destination is the gateway. */
        @Override
        public FlowContext context() {
            return outer.context();
        }

        /**
         * What telemetry says once the inner tunnel is open: the destination is who answered.
         *
         * @param peer the identity that the inner tunnel's mutual TLS proved
         * @param baggage of the inner response, empty if it had none
         */
        public FlowContext reached(SpiffeId peer, String baggage) {
            return outer.context()
                    .withDestination(
                            Baggage.parse(baggage).party(peer.namespace()).withIdentity(peer.toString()));
        }
    }

    /**
     * A tunnel that would end in a pod of the same node. Whoever serves that pod as well may carry the connection without
     * the tunnel, provided the tunnel could be made: both certificates held, each acceptable to the other end, the address
     * the pod's own. Then the destination is asked with what the tunnel would have shown it, and both ends report as they
     * do with a tunnel. Whoever does not serve the pod carries out the tunnel.
     *
     * @param tunnel what this stands for
     * @param namespace of the destination pod
     * @param pod its name
     */
    record Local(Tunnel tunnel, String namespace, String pod) implements OutboundPlan {
        @Override
        public FlowContext context() {
            return tunnel.context();
        }
    }

    /** Close the application's connection. */
    record Refuse(FlowContext context, RefusalReason reason) implements OutboundPlan {}
}
