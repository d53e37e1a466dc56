package dev.ambit.domain.policy;

import java.time.Instant;
import java.util.Map;

/**
 * Which kinds of callers a workload accepts: Istio's PeerAuthentication (security.istio.io/v1).
 *
 * @param selector labels a workload must carry; empty means the whole namespace, or the mesh in the root namespace
 * @param created decides between two of the same level: the older wins
 * @param portModes exceptions by workload port
 */
public record PeerAuthentication(
        PolicyName name, Map<String, String> selector, Instant created, Mode mode, Map<Integer, Mode> portModes) {
    public PeerAuthentication {
        selector = Map.copyOf(selector);
        portModes = Map.copyOf(portModes);
    }

    /** {@code UNSET} inherits. {@code DISABLE} is treated as {@code PERMISSIVE}: HBONE is always accepted. */
    public enum Mode {
        UNSET,
        DISABLE,
        PERMISSIVE,
        STRICT
    }
}
