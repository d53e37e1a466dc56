package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpPort;

/**
 * Everything telemetry says about a connection that is known when its plan is made.
 *
 * @param client the initiator's address
 * @param target where this proxy sends it: the next hop, port 15008 for a tunnel
 * @param hboneAuthority the CONNECT authority; empty without a tunnel
 * @param mutualTls whether a tunnel protects it on the wire (or did until here)
 */
public record FlowContext(
        Reporter reporter,
        Party source,
        Party destination,
        ServiceParty service,
        IpPort client,
        IpPort target,
        String hboneAuthority,
        boolean mutualTls) {

    public FlowContext withDestination(Party other) {
        return new FlowContext(reporter, source, other, service, client, target, hboneAuthority, mutualTls);
    }
}
