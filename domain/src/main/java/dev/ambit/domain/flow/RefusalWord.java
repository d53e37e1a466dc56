package dev.ambit.domain.flow;

import dev.ambit.domain.policy.Verdict.DenyReason;
import java.util.Locale;

/** The kinds of refusal: the whole set of values of a metric label, so it stays small and no peer can add to it. */
public enum RefusalWord {
    /** A DENY policy matched. */
    POLICY_DENY,
    /** ALLOW policies protect the workload and none matched. */
    POLICY_NO_ALLOW,
    /** A policy that the workload names has not arrived. */
    POLICY_MISSING,
    /** Policy changed under a connection that was open. */
    POLICY_CHANGED,
    RECURSIVE_CALL,
    WORKLOAD_UNKNOWN,
    NO_HEALTHY_UPSTREAM,
    GATEWAY_UNKNOWN,
    OTHER_NETWORK,
    NO_IDENTITY_DECLARED,
    HOST_UNRESOLVED,
    MALFORMED_REQUEST,
    ADDRESS_MISMATCH,
    DESTINATION_UNKNOWN,
    NOT_SUPPORTED,
    /** The configuration has not arrived completely. */
    NOT_SYNCED,
    /** What was asked of the control plane by name has not been answered. */
    NAME_UNANSWERED,
    /** The workload of an open connection has gone. */
    WORKLOAD_GONE,
    /** A waypoint came, went or was replaced under an open connection. */
    WAYPOINT_CHANGED,
    /** Who may be at one end of an open connection is another. */
    IDENTITY_CHANGED,
    /** The destination of an open connection in plaintext can be reached by a tunnel now. */
    JOINED_MESH,
    /** The workload or the node has as many connections as it may. */
    LIMIT_REACHED,
    CERTIFICATE_REVOKED,
    TRUST_CHANGED,
    DRAINING;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The word as labels and logs have it. */
    public String label() {
        return label;
    }

    static RefusalWord of(DenyReason reason) {
        return switch (reason) {
            case DenyReason.DeniedBy _ -> POLICY_DENY;
            case DenyReason.NoAllowMatched _ -> POLICY_NO_ALLOW;
            case DenyReason.PolicyMissing _ -> POLICY_MISSING;
        };
    }
}
