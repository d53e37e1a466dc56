package dev.ambit.adapters.k8s.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.manifests.ManifestLimits;
import dev.ambit.adapters.k8s.manifests.YamlObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a ConfigMap changes about the objects of waypoints. It may not change what makes an object the waypoint's: its name,
 * its owner, the labels by which it is found.
 */
final class Overlays {
    /** Far more than anybody writes, far less than an object may be. */
    private static final ManifestLimits LIMITS = new ManifestLimits(64 << 10, 1, 1, 5_000, 32);

    /** As JSON pointers. A field that an overlay must leave as it is, or as absent as it is. */
    private static final List<String> FIXED = List.of(
            "/apiVersion",
            "/kind",
            "/status",
            "/metadata/name",
            "/metadata/generateName",
            "/metadata/namespace",
            "/metadata/uid",
            "/metadata/resourceVersion",
            "/metadata/generation",
            "/metadata/creationTimestamp",
            "/metadata/deletionTimestamp",
            "/metadata/deletionGracePeriodSeconds",
            "/metadata/ownerReferences",
            "/metadata/finalizers",
            "/metadata/managedFields",
            "/metadata/labels/gateway.networking.k8s.io~1gateway-name",
            "/metadata/labels/gateway.networking.k8s.io~1gateway-class-name",
            "/metadata/labels/gateway.istio.io~1managed",
            "/spec/template/metadata/labels/gateway.networking.k8s.io~1gateway-name",
            "/spec/template/metadata/labels/gateway.istio.io~1managed",
            "/spec/scaleTargetRef");

    private final String where;
    private final Map<DeployedKind, ObjectNode> changes;

    private Overlays(String where, Map<DeployedKind, ObjectNode> changes) {
        this.where = where;
        this.changes = changes;
    }

    /** A ConfigMap that cannot be used; the message names it and says why. */
    static final class OverlayException extends Exception {
        private static final long serialVersionUID = 1L;

        OverlayException(String message) {
            super(message);
        }
    }

    /** Reads the whole of a ConfigMap: one broken part makes all of it unusable. */
    static Overlays read(JsonNode configMap) throws OverlayException {
        JsonNode metadata = configMap.path("metadata");
        String where = "ConfigMap " + metadata.path("namespace").asText() + "/"
                + metadata.path("name").asText();
        Map<DeployedKind, ObjectNode> changes = new EnumMap<>(DeployedKind.class);
        for (Map.Entry<String, JsonNode> entry : configMap.path("data").properties()) {
            DeployedKind kind = Arrays.stream(DeployedKind.values())
                    .filter(each -> each.overlay().equals(entry.getKey()))
                    .findFirst()
                    .orElseThrow(() -> new OverlayException(where + " has a key '" + entry.getKey()
                            + "'; it may have "
                            + Arrays.stream(DeployedKind.values())
                                    .map(DeployedKind::overlay)
                                    .collect(Collectors.joining(", "))));
            switch (YamlObject.read(entry.getValue().asText(), LIMITS)) {
                case YamlObject.Sound(ObjectNode object) -> changes.put(kind, object);
                case YamlObject.Broken(int line, String why) ->
                    throw new OverlayException(where + ", " + entry.getKey() + ", line " + line + ": " + why);
            }
        }
        return new Overlays(where, changes);
    }

    /** Whether this says anything about objects of the kind: of some there is none unless somebody does. */
    boolean hasAnything(DeployedKind kind) {
        return changes.containsKey(kind);
    }

    /** The object as it is to be after this. */
    ObjectNode change(DeployedKind kind, ObjectNode object) throws OverlayException {
        ObjectNode change = changes.get(kind);
        if (change == null) {
            return object;
        }
        ObjectNode changed;
        try {
            changed = StrategicMerge.merge(object, change);
        } catch (StrategicMerge.MergeException impossible) {
            throw new OverlayException(where + ", " + kind.overlay() + ": " + impossible.getMessage());
        }
        var fixed = new ArrayList<>(FIXED);
        if (kind == DeployedKind.DEPLOYMENT || kind == DeployedKind.SERVICE) {
            fixed.add("/spec/selector");
        }
        Optional<String> touched = fixed.stream()
                .filter(pointer -> !object.at(pointer).equals(changed.at(pointer)))
                .findFirst();
        if (touched.isPresent()) {
            throw new OverlayException(where + ", " + kind.overlay() + ": "
                    + touched.get().substring(1).replace('/', '.').replace("~1", "/")
                    + " may not be changed; take it out");
        }
        return changed;
    }
}
