package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.proto.core.Node;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Caller;
import io.grpc.Status;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who a subscriber is: what it says of itself, and what its token or certificate proves of that.
 *
 * @param identity SPIFFE id; empty on a port where nobody is authenticated
 */
record Subscriber(NodeIdentity node, String clusterId, String istioVersion, String identity) {
    private static final Logger LOG = LoggerFactory.getLogger(Subscriber.class);
    private static final int SHOWN_MAX = 2_000;

    /** Known, or refused with a status. */
    sealed interface Reading {
        record Known(Subscriber subscriber) implements Reading {}

        record Refused(Status status) implements Reading {}
    }

    /** The first request says which node this is; it must be in the namespace that the caller's token proves. */
    static Reading read(Node said, Optional<Caller> caller) {
        Optional<NodeIdentity> claimed = NodeIdentity.of(said);
        if (claimed.isEmpty()) {
            return new Reading.Refused(Status.INVALID_ARGUMENT.withDescription(
                    "the first request needs a node id like ztunnel~ip~pod.namespace~namespace.svc.cluster.local"));
        }
        String identity = caller.map(known -> known.identity().toString()).orElse("");
        if (!isProven(claimed.get(), NodeIdentity.metadata(said, "SERVICE_ACCOUNT"), caller)) {
            LOG.warn(
                    "refused a node that its caller does not prove\tnode={} identity={}",
                    shown(said.getId()),
                    identity);
            return new Reading.Refused(Status.PERMISSION_DENIED.withDescription("the node is not the caller's"));
        }
        return new Reading.Known(new Subscriber(
                claimed.get(),
                shown(NodeIdentity.metadata(said, "CLUSTER_ID")),
                shown(NodeIdentity.metadata(said, "ISTIO_VERSION")),
                identity));
    }

    private static boolean isProven(NodeIdentity claimed, String account, Optional<Caller> caller) {
        if (caller.isEmpty()) {
            return true;
        }
        SpiffeId proven = caller.get().identity();
        return claimed.namespace().equals(proven.namespace())
                && (account.isEmpty() || account.equals(proven.serviceAccount()));
    }

    SubscriberStatus status(Instant connectedAt, Map<String, SubscriberStatus.Type> types) {
        return new SubscriberStatus(
                shown(),
                shown(node.podName()),
                node.namespace(),
                clusterId,
                istioVersion,
                identity,
                connectedAt,
                types);
    }

    /** The id of its node. */
    String shown() {
        return shown(node.id());
    }

    /** What somebody sent, fit for a line of a log. */
    static String shown(String text) {
        String bounded = text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
        return bounded.replaceAll("\\p{Cntrl}", "?");
    }
}
