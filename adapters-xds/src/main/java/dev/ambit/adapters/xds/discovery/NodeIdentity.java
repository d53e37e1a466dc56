package dev.ambit.adapters.xds.discovery;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ambit.adapters.xds.proto.core.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who a proxy says it is when it opens a stream, in Istio's form:
 * {@code ztunnel~<instance ip>~<pod>.<namespace>~<namespace>.svc.cluster.local}.
 *
 * @param nodeName the Kubernetes node; may be empty
 * @param metadata what the operator adds, by key: texts, numbers, booleans, and lists and maps of them. Never in the place of
 *     what this proxy says itself
 */
public record NodeIdentity(
        String instanceIp, String podName, String namespace, String nodeName, Map<String, Object> metadata) {

    private static final int PARTS = 4;

    public NodeIdentity {
        metadata = Map.copyOf(metadata);
    }

    /** With nothing of the operator's. */
    public NodeIdentity(String instanceIp, String podName, String namespace, String nodeName) {
        this(instanceIp, podName, namespace, nodeName, Map.of());
    }

    public String id() {
        return "ztunnel~" + instanceIp + "~" + podName + "." + namespace + "~" + namespace + ".svc.cluster.local";
    }

    /** As it is sent with the first request. */
    public Node forWire(String clusterId) {
        Struct.Builder struct = Struct.newBuilder();
        metadata.forEach((key, value) -> struct.putFields(key, value(value)));
        return Node.newBuilder()
                .setId(id())
                .setMetadata(struct.putFields("NAME", text(podName))
                        .putFields("NAMESPACE", text(namespace))
                        .putFields("INSTANCE_IPS", text(instanceIp))
                        .putFields("NODE_NAME", text(nodeName))
                        .putFields("CLUSTER_ID", text(clusterId)))
                .build();
    }

    private static Value value(@Nullable Object value) {
        Value.Builder wire = Value.newBuilder();
        return switch (value) {
            case null -> wire.setNullValue(NullValue.NULL_VALUE).build();
            case String text -> wire.setStringValue(text).build();
            case Boolean flag -> wire.setBoolValue(flag).build();
            case Number number -> wire.setNumberValue(number.doubleValue()).build();
            case List<?> list -> {
                ListValue.Builder items = ListValue.newBuilder();
                list.forEach(item -> items.addValues(value(item)));
                yield wire.setListValue(items).build();
            }
            case Map<?, ?> map -> {
                Struct.Builder fields = Struct.newBuilder();
                map.forEach((key, item) -> fields.putFields(String.valueOf(key), value(item)));
                yield wire.setStructValue(fields).build();
            }
            default -> throw new IllegalArgumentException("not a value of JSON: " + value.getClass());
        };
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
