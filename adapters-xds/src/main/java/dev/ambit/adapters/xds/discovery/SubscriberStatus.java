package dev.ambit.adapters.xds.discovery;

import java.time.Instant;
import java.util.Map;

/**
 * How far one subscriber has come.
 *
 * @param id the node id it gave itself; its namespace is proven by {@code identity}
 * @param podName as that id has it
 * @param istioVersion what it says of its version; may be empty
 * @param identity SPIFFE id that its token or certificate proves; empty on a port where nobody is authenticated
 * @param types by type URL
 */
public record SubscriberStatus(
        String id,
        String podName,
        String namespace,
        String clusterId,
        String istioVersion,
        String identity,
        Instant connectedAt,
        Map<String, Type> types) {

    /**
     * One type that it follows.
     *
     * @param sent nonce of the last response; empty before the first
     * @param acked nonce of the last response that it took as a whole; empty before that
     * @param sentAt when the last response went
     * @param lastError what it rejected of the last response that it answered; empty if nothing
     * @param everything whether it follows all resources
     * @param names how many names it asked for one by one
     * @param current whether it has, and has answered, everything it wants
     */
    public record Type(
            String sent,
            String acked,
            Instant sentAt,
            String lastError,
            boolean everything,
            int names,
            boolean current) {}

    public SubscriberStatus {
        types = Map.copyOf(types);
    }
}
