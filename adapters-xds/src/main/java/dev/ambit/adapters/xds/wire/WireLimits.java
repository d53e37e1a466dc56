package dev.ambit.adapters.xds.wire;

import java.util.Collection;

/**
 * How much one resource may hold. Generous: far above what a cluster has, low enough that a broken control plane cannot
 * make a proxy build indexes for ever. The whole message is bounded by the channel.
 */
final class WireLimits {
    /** Characters of any one text. */
    static final int TEXT_MAX = 4_096;

    static final int WORKLOAD_ADDRESSES_MAX = 256;
    static final int WORKLOAD_SERVICES_MAX = 10_000;
    static final int WORKLOAD_POLICIES_MAX = 10_000;
    static final int PORTS_MAX = 10_000;
    static final int SERVICE_ADDRESSES_MAX = 10_000;
    static final int SUBJECT_ALT_NAMES_MAX = 100_000;
    static final int WAYPOINTS_MAX = 100;
    static final int ROUTING_PREFERENCES_MAX = 16;
    static final int RULES_MAX = 10_000;
    static final int CLAUSES_MAX = 1_000;
    static final int MATCHES_MAX = 10_000;
    /** Entries of one list of a match. */
    static final int CONDITIONS_MAX = 100_000;

    static void count(String field, Collection<?> values, int max) throws RejectedResource {
        count(field, values.size(), max);
    }

    static void count(String field, int size, int max) throws RejectedResource {
        if (size > max) {
            throw new RejectedResource(field, size + " entries, at most " + max + " are accepted");
        }
    }

    static String text(String field, String value) throws RejectedResource {
        if (value.length() > TEXT_MAX) {
            throw new RejectedResource(field, value.length() + " characters, at most " + TEXT_MAX + " are accepted");
        }
        return value;
    }

    static String required(String field, String value) throws RejectedResource {
        if (value.isEmpty()) {
            throw new RejectedResource(field, "is empty");
        }
        return text(field, value);
    }

    private WireLimits() {}
}
