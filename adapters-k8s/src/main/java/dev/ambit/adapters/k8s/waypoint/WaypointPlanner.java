package dev.ambit.adapters.k8s.waypoint;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.waypoint.Overlays.OverlayException;
import dev.ambit.adapters.k8s.waypoint.WaypointPlan.Wanted;
import dev.ambit.adapters.k8s.waypoint.WaypointPlan.Whose;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Decides what is to be there for a Gateway, as Istio's controller of gateway deployments does. Pure. */
final class WaypointPlanner {
    static final String GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";
    static final String MANAGED = "gateway.istio.io/managed";
    static final String MANAGED_BY_MESH = "istio.io-mesh-controller";

    /** Larger ones win; 5 is every Istio since 1.18. */
    private static final int CONTROLLER_VERSION = 5;

    private static final String CLASS_NAME = "gateway.networking.k8s.io/gateway-class-name";
    private static final String NETWORK = "topology.istio.io/network";
    private static final String REVISION = "istio.io/rev";
    private static final String RESERVED = "gateway.networking.k8s.io/";
    private static final Pattern DNS_LABEL = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern ACCOUNT = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
    private static final Set<String> SERVICE_TYPES = Set.of("ClusterIP", "NodePort", "LoadBalancer");
    private static final Set<String> NOT_COPIED = Set.of(
            "kubectl.kubernetes.io/last-applied-configuration",
            GatewayObject.NAME_OVERRIDE,
            GatewayObject.SERVICE_ACCOUNT,
            GatewayObject.CONTROLLER_VERSION);

    private final WaypointOptions options;

    WaypointPlanner(WaypointOptions options) {
        this.options = options;
    }

    /**
     * What else the decision rests on.
     *
     * @param controller of the Gateway's class; empty if there is no such class
     * @param namespaceLabels of the Gateway's namespace
     * @param revisions names by which Gateways may ask for this control plane
     * @param classDefaults the ConfigMap with the defaults of the class
     * @param parameters the ConfigMap that the Gateway refers to, if it is there
     * @param crowded whether it was not looked for, because Gateways name too many
     */
    record Circumstances(
            String controller,
            Map<String, String> namespaceLabels,
            Set<String> revisions,
            Optional<JsonNode> classDefaults,
            Optional<JsonNode> parameters,
            boolean crowded) {
        Circumstances {
            namespaceLabels = Map.copyOf(namespaceLabels);
            revisions = Set.copyOf(revisions);
        }
    }

    WaypointPlan plan(GatewayObject gateway, Circumstances circumstances) {
        String controller = circumstances.controller();
        if (controller.isEmpty()) {
            return new WaypointPlan.Foreign(Whose.UNKNOWN_CLASS);
        }
        if (!controller.equals(GatewayClasses.WAYPOINT_CONTROLLER)
                && !controller.equals(GatewayClasses.REMOTE_CONTROLLER)) {
            return new WaypointPlan.Foreign(Whose.OTHER_CLASS);
        }
        String revision = gateway.labels()
                .getOrDefault(REVISION, circumstances.namespaceLabels().getOrDefault(REVISION, ""));
        if (!circumstances.revisions().contains(revision.isEmpty() ? WaypointOptions.DEFAULT_REVISION : revision)) {
            return new WaypointPlan.Foreign(Whose.OTHER_REVISION);
        }
        if (controller.equals(GatewayClasses.REMOTE_CONTROLLER)) {
            return new WaypointPlan.Remote();
        }
        List<GatewayObject.Address> addresses = gateway.addresses();
        if (addresses.size() > 1 || addresses.stream().anyMatch(GatewayObject.Address::isHostname)) {
            return pointed(gateway, addresses);
        }
        Optional<Integer> version = version(gateway.annotation(GatewayObject.CONTROLLER_VERSION));
        if (version.isEmpty() || version.get() > CONTROLLER_VERSION) {
            return new WaypointPlan.Foreign(Whose.NEWER_VERSION);
        }
        try {
            return deployed(gateway, circumstances);
        } catch (OverlayException unusable) {
            return new WaypointPlan.Refused("InvalidParameters", String.valueOf(unusable.getMessage()));
        }
    }

    /** 0 if nobody claimed it; empty if somebody did in a way that we do not know yet. */
    private static Optional<Integer> version(String text) {
        try {
            return Optional.of(text.isEmpty() ? 0 : Integer.parseInt(text));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    private WaypointPlan pointed(GatewayObject gateway, List<GatewayObject.Address> addresses) {
        return new WaypointPlan.Pointed(addresses.stream()
                .filter(GatewayObject.Address::isHostname)
                .map(address -> address.value().contains(".")
                        ? address.value()
                        : address.value() + "." + gateway.namespace() + ".svc." + options.clusterDomain())
                .toList());
    }

    private WaypointPlan deployed(GatewayObject gateway, Circumstances circumstances) throws OverlayException {
        String name = annotated(gateway, GatewayObject.NAME_OVERRIDE, gateway.name());
        String account = annotated(gateway, GatewayObject.SERVICE_ACCOUNT, gateway.name());
        String type = annotated(gateway, GatewayObject.SERVICE_TYPE, "ClusterIP");
        Optional<String> wrong = wrong(gateway, name, account, type);
        if (wrong.isPresent()) {
            return new WaypointPlan.Refused("Invalid", wrong.get());
        }
        var overlays = new ArrayList<Overlays>();
        if (circumstances.classDefaults().isPresent()) {
            overlays.add(Overlays.read(circumstances.classDefaults().get()));
        }
        Optional<GatewayObject.Parameters> parameters = gateway.parameters();
        if (parameters.isPresent()) {
            overlays.add(Overlays.read(parameters(parameters.get(), circumstances)));
        }
        Map<String, String> labels = labels(gateway);
        List<Wanted> templates = WaypointTemplate.fill(words(gateway, name, account, type, labels));
        var objects = new ArrayList<Wanted>();
        for (Wanted template : templates) {
            DeployedKind kind = template.kind();
            if (kind.isOnRequest() && overlays.stream().noneMatch(overlay -> overlay.hasAnything(kind))) {
                continue;
            }
            ObjectNode object = template.object();
            complete(kind, object, gateway, name, labels);
            for (Overlays overlay : overlays) {
                object = overlay.change(kind, object);
            }
            objects.add(new Wanted(kind, object));
        }
        return new WaypointPlan.Deployed(objects, name);
    }

    private static String annotated(GatewayObject gateway, String annotation, String otherwise) {
        String text = gateway.annotation(annotation);
        return text.isEmpty() ? otherwise : text;
    }

    private static Optional<String> wrong(GatewayObject gateway, String name, String account, String type) {
        if (!DNS_LABEL.matcher(name).matches() || gateway.name().length() > 63) {
            return Optional.of("a Service and label values cannot be named '" + name
                    + "': 1 to 63 of a-z, 0-9 and '-', a letter first; rename the Gateway or annotate it with "
                    + GatewayObject.NAME_OVERRIDE);
        }
        if (!ACCOUNT.matcher(account).matches()) {
            return Optional.of(
                    "'" + account + "' of " + GatewayObject.SERVICE_ACCOUNT + " cannot name a ServiceAccount");
        }
        return SERVICE_TYPES.contains(type)
                ? Optional.empty()
                : Optional.of("'" + type + "' of " + GatewayObject.SERVICE_TYPE
                        + " is not one of ClusterIP, LoadBalancer, NodePort");
    }

    private static JsonNode parameters(GatewayObject.Parameters reference, Circumstances circumstances)
            throws OverlayException {
        if (!reference.isConfigMap()) {
            throw new OverlayException("parametersRef is of kind '" + reference.kind() + "' in group '"
                    + reference.group() + "'; it must be a ConfigMap, in group ''");
        }
        return circumstances
                .parameters()
                .orElseThrow(() -> new OverlayException("parametersRef names the ConfigMap '" + reference.name() + "', "
                        + (circumstances.crowded()
                                ? "which is not read: Gateways name " + NamedObjects.MAX + " objects already"
                                : "which is not in the Gateway's namespace")));
    }

    private Map<String, String> words(
            GatewayObject gateway, String name, String account, String type, Map<String, String> labels) {
        String network = labels.getOrDefault(NETWORK, "");
        return Map.ofEntries(
                entry("name", name),
                entry("account", account),
                entry("namespace", gateway.namespace()),
                entry("gateway", gateway.name()),
                entry("serviceType", type),
                entry(
                        "loadBalancerAddress",
                        type.equals("LoadBalancer") && !gateway.addresses().isEmpty()
                                ? gateway.addresses().getFirst().value()
                                : ""),
                entry("image", options.image().reference()),
                entry("pullPolicy", options.image().pullPolicy()),
                entry("clusterDomain", options.clusterDomain()),
                entry("clusterId", options.clusterId()),
                entry("network", network.isEmpty() ? options.network() : network),
                entry("trustDomain", options.trustDomain()),
                entry("controlPlane", options.controlPlane()),
                entry("cpuRequest", options.resources().cpuRequest()),
                entry("memoryRequest", options.resources().memoryRequest()),
                entry("cpuLimit", options.resources().cpuLimit()),
                entry("memoryLimit", options.resources().memoryLimit()));
    }

    /** What its author wants on everything; the cluster's network besides, unless the Gateway names one. */
    private Map<String, String> labels(GatewayObject gateway) {
        Map<String, String> labels = carried(gateway.infrastructureLabels(), gateway.labels());
        if (!options.network().isEmpty() && !gateway.labels().containsKey(NETWORK)) {
            labels.put(NETWORK, options.network());
        }
        return labels;
    }

    private static Map<String, String> carried(Optional<Map<String, String>> infrastructure, Map<String, String> own) {
        Map<String, String> carried = new TreeMap<>(infrastructure.orElse(own));
        if (infrastructure.isPresent()) {
            carried.keySet().removeIf(key -> key.startsWith(RESERVED));
        }
        return carried;
    }

    private void complete(
            DeployedKind kind, ObjectNode object, GatewayObject gateway, String name, Map<String, String> carried) {
        Map<String, String> annotations = carried(gateway.infrastructureAnnotations(), gateway.annotations());
        annotations.keySet().removeAll(NOT_COPIED);
        Map<String, String> labels = new TreeMap<>(carried);
        labels.put(GATEWAY_NAME, gateway.name());
        labels.put(CLASS_NAME, gateway.className());
        labels.put(MANAGED, MANAGED_BY_MESH);
        ObjectNode metadata = object.withObjectProperty("metadata");
        metadata.put("namespace", gateway.namespace());
        metadata.withArrayProperty("ownerReferences")
                .addObject()
                .put("apiVersion", ApiKind.GATEWAY.apiVersion())
                .put("kind", ApiKind.GATEWAY.kind())
                .put("name", gateway.name())
                .put("uid", gateway.uid());
        set(metadata, "labels", labels);
        switch (kind) {
            case DEPLOYMENT -> pods(object.withObject("/spec/template"), name, labels, carried, annotations);
            case SERVICE -> {
                annotations.putIfAbsent("networking.istio.io/traffic-distribution", "PreferClose");
                object.withObjectProperty("spec").set("ports", PortNames.ports(gateway.listeners()));
            }
            case SERVICE_ACCOUNT, AUTOSCALER, DISRUPTION_BUDGET -> {
                // Nothing of their own.
            }
        }
        set(metadata, "annotations", annotations);
    }

    private void pods(
            ObjectNode template,
            String name,
            Map<String, String> labels,
            Map<String, String> carried,
            Map<String, String> annotations) {
        Map<String, String> podLabels = new TreeMap<>(Map.of(
                "sidecar.istio.io/inject", "false",
                "istio.io/dataplane-mode", "none",
                "service.istio.io/canonical-name", name,
                "service.istio.io/canonical-revision", "latest"));
        podLabels.putAll(carried);
        podLabels.putAll(labels);
        Map<String, String> podAnnotations = new TreeMap<>(annotations);
        podAnnotations.put(REVISION, options.revision());
        podAnnotations.put("prometheus.io/path", "/stats/prometheus");
        podAnnotations.put("prometheus.io/port", "15020");
        podAnnotations.put("prometheus.io/scrape", "true");
        ObjectNode metadata = template.withObjectProperty("metadata");
        set(metadata, "labels", podLabels);
        set(metadata, "annotations", podAnnotations);
        if (!options.image().pullSecrets().isEmpty()) {
            ArrayNode secrets = template.withObjectProperty("spec").withArrayProperty("imagePullSecrets");
            options.image().pullSecrets().forEach(secret -> secrets.addObject().put("name", secret));
        }
    }

    private static void set(ObjectNode metadata, String field, Map<String, String> texts) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        texts.forEach(object::put);
        metadata.set(field, object);
    }
}
