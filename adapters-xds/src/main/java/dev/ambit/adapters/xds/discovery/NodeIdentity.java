package dev.ambit.adapters.xds.discovery;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ambit.adapters.xds.proto.core.Node;
import java.util.Optional;

/**
 * Who a proxy says it is when it opens a stream, in Istio's form:
 * {@code ztunnel~<instance ip>~<pod>.<namespace>~<namespace>.svc.cluster.local}.
 *
 * @param nodeName the Kubernetes node; may be empty
 */
public record NodeIdentity(String instanceIp, String podName, String namespace, String nodeName) {

    private static final int PARTS = 4;

    public String id() {
        return "ztunnel~" + instanceIp + "~" + podName + "." + namespace + "~" + namespace + ".svc.cluster.local";
    }

    Node toNode(String clusterId) {
        return Node.newBuilder()
                .setId(id())
                .setMetadata(Struct.newBuilder()
                        .putFields("NAME", text(podName))
                        .putFields("NAMESPACE", text(namespace))
                        .putFields("INSTANCE_IPS", text(instanceIp))
                        .putFields("NODE_NAME", text(nodeName))
                        .putFields("CLUSTER_ID", text(clusterId)))
                .build();
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    /** Reads a node's id; empty if it does not have Istio's form, or says two namespaces at once. */
    static Optional<NodeIdentity> of(Node node) {
        String[] parts = node.getId().split("~", -1);
        if (parts.length != PARTS) {
            return Optional.empty();
        }
        int dot = parts[2].lastIndexOf('.');
        if (dot < 0) {
            return Optional.empty();
        }
        String namespace = parts[2].substring(dot + 1);
        String claimed = metadata(node, "NAMESPACE");
        if (!parts[3].startsWith(namespace + ".svc.") || !(claimed.isEmpty() || claimed.equals(namespace))) {
            return Optional.empty();
        }
        return Optional.of(
                new NodeIdentity(parts[1], parts[2].substring(0, dot), namespace, metadata(node, "NODE_NAME")));
    }

    /** A text of the node's metadata; empty if it is not there or no text. */
    static String metadata(Node node, String key) {
        return node.getMetadata()
                .getFieldsOrDefault(key, Value.getDefaultInstance())
                .getStringValue();
    }
}
