package dev.ambit.domain.flow;

import java.util.Locale;
import java.util.Optional;

/**
 * How much of a node proxy one workload may have. The last fifth of the node's connections is kept for workloads that hold
 * less than an equal share of them, so that no number of greedy ones locks out a modest one.
 *
 * @param workloadConnections connections of one workload at a time, in both directions together
 * @param workloadRate new connections of one workload per second; twice as many in a burst
 * @param nodeConnections connections of all workloads at a time
 * @param nodeRate new connections of all workloads per second; twice as many in a burst
 */
public record FairShare(int workloadConnections, int workloadRate, int nodeConnections, int nodeRate) {
    private static final int MOST = 100_000_000;

    /** Far above what a busy pod and a large node need, and within what a node with enough memory can carry. */
    public static final FairShare GENEROUS = new FairShare(50_000, 10_000, 250_000, 50_000);

    public FairShare {
        check(Limit.WORKLOAD_CONNECTIONS, workloadConnections);
        check(Limit.WORKLOAD_RATE, workloadRate);
        check(Limit.NODE_CONNECTIONS, nodeConnections);
        check(Limit.NODE_RATE, nodeRate);
    }

    private static void check(Limit limit, int value) {
        if (value < 1 || value > MOST) {
            throw new IllegalArgumentException(
                    limit.variable() + " is " + value + "; it must be between 1 and " + MOST);
        }
    }

    /** A bound of a workload or of the node, and the variable that sets it. */
    public enum Limit {
        WORKLOAD_CONNECTIONS("AMBIT_WORKLOAD_CONNECTIONS_MAX", "connections of the workload"),
        WORKLOAD_RATE("AMBIT_WORKLOAD_CONNECTION_RATE", "new connections per second of the workload"),
        NODE_CONNECTIONS("AMBIT_NODE_CONNECTIONS_MAX", "connections of the node"),
        NODE_RATE("AMBIT_NODE_CONNECTION_RATE", "new connections per second of the node");

        private final String variable;
        private final String what;

        Limit(String variable, String what) {
            this.variable = variable;
            this.what = what;
        }

        public String variable() {
            return variable;
        }

        public String what() {
            return what;
        }

        /** The value of a metric label. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The value of a limit. */
    public int of(Limit limit) {
        return switch (limit) {
            case WORKLOAD_CONNECTIONS -> workloadConnections;
            case WORKLOAD_RATE -> workloadRate;
            case NODE_CONNECTIONS -> nodeConnections;
            case NODE_RATE -> nodeRate;
        };
    }

    /** The rule for new connections of one workload. */
    public TokenBucket workloadBucket() {
        return new TokenBucket(workloadRate, 2.0 * workloadRate);
    }

    /** The rule for new connections of all workloads. */
    public TokenBucket nodeBucket() {
        return new TokenBucket(nodeRate, 2.0 * nodeRate);
    }

    /**
     * Whether a workload may have one more connection.
     *
     * @param held connections it has
     * @param heldByNode connections of all workloads, its own among them
     * @param workloads how many workloads have connections, itself among them
     * @return the limit in the way; empty if there is none
     */
    public Optional<Limit> exceeded(int held, int heldByNode, int workloads) {
        if (held >= workloadConnections) {
            return Optional.of(Limit.WORKLOAD_CONNECTIONS);
        }
        boolean modest = held < nodeConnections / Math.max(1, workloads);
        int bound = modest ? nodeConnections : nodeConnections - nodeConnections / 5;
        return heldByNode >= bound ? Optional.of(Limit.NODE_CONNECTIONS) : Optional.empty();
    }
}
