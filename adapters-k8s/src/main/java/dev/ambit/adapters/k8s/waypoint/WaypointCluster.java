package dev.ambit.adapters.k8s.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ambit.adapters.k8s.waypoint.WatchedObjects.Choice;
import dev.ambit.adapters.k8s.waypoint.WaypointPlanner.Circumstances;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What the deployment of waypoints has to know of a cluster, kept up to date by watches until this is closed. */
final class WaypointCluster implements AutoCloseable {
    private static final String DEFAULTS_FOR = "gateway.istio.io/defaults-for-class";
    private static final String REVISION = "istio.io/rev";
    private static final String TAG = "istio.io/tag";

    private final KubernetesClient client;
    private final WaypointOptions options;
    private final NamedObjects named;
    private final WatchedObjects gateways;
    private final WatchedObjects classes;
    private final WatchedObjects namespaces;
    private final WatchedObjects defaults;
    private final WatchedObjects tags;
    private final WatchedObjects slices;
    private final Map<DeployedKind, WatchedObjects> deployed = new EnumMap<>(DeployedKind.class);
    private final List<WatchedObjects> all = new ArrayList<>();

    /** Called on any thread. */
    interface News {
        void gateway(GatewayKey key);

        /** Something that may concern every Gateway of the namespace; of all of them, if it is empty. */
        void namespace(String name);

        void classes();

        /** An object that was deployed is gone. */
        void gone(DeployedKind kind, GatewayKey object);
    }

    /** Begins to watch at once. */
    WaypointCluster(KubernetesClient client, WaypointOptions options, News news) {
        this.client = client;
        this.options = options;
        this.named = new NamedObjects(client, news::gateway);
        Runnable listed = () -> news.namespace("");
        gateways = watch(Choice.all(ApiKind.GATEWAY), json -> news.gateway(new GatewayObject(json).key()), listed);
        classes = watch(
                Choice.all(ApiKind.GATEWAY_CLASS),
                _ -> {
                    news.classes();
                    news.namespace("");
                },
                listed);
        namespaces = watch(
                Choice.all(ApiKind.NAMESPACE),
                json -> news.namespace(json.path("metadata").path("name").asText()),
                listed);
        String own = options.systemNamespace();
        defaults = watch(new Choice(ApiKind.CONFIG_MAP, own, "", DEFAULTS_FOR), _ -> listed.run(), listed);
        tags = watch(
                new Choice(ApiKind.SERVICE, own, "", TAG + "," + REVISION + "=" + options.revision()),
                _ -> listed.run(),
                listed);
        String managed = WaypointPlanner.MANAGED + "=" + WaypointPlanner.MANAGED_BY_MESH;
        slices = watch(Choice.labelled(ApiKind.ENDPOINT_SLICE, managed), json -> news.gateway(gatewayOf(json)), listed);
        for (DeployedKind kind : DeployedKind.values()) {
            deployed.put(
                    kind,
                    watch(
                            Choice.labelled(kind.api(), managed),
                            json -> {
                                GatewayKey object = new GatewayObject(json).key();
                                if (live(kind, object.namespace(), object.name())
                                        .isEmpty()) {
                                    news.gone(kind, object);
                                }
                                news.gateway(gatewayOf(json));
                            },
                            listed));
        }
    }

    private WatchedObjects watch(Choice choice, Consumer<JsonNode> changed, Runnable listed) {
        var watched = new WatchedObjects(client, choice, changed, listed);
        all.add(watched);
        return watched;
    }

    private static GatewayKey gatewayOf(JsonNode json) {
        JsonNode metadata = json.path("metadata");
        return new GatewayKey(
                metadata.path("namespace").asText(),
                metadata.path("labels").path(WaypointPlanner.GATEWAY_NAME).asText());
    }

    boolean isSynced() {
        return all.stream().allMatch(WatchedObjects::isSynced);
    }

    Optional<GatewayObject> gateway(GatewayKey key) {
        return gateways.get(key.namespace(), key.name()).map(GatewayObject::new);
    }

    Stream<GatewayKey> gateways() {
        return gateways.all().map(json -> new GatewayObject(json).key());
    }

    Stream<JsonNode> classes() {
        return classes.all();
    }

    Optional<JsonNode> gatewayClass(String name) {
        return classes.get("", name);
    }

    /** One that was deployed for a waypoint, by us or by another control plane. */
    Optional<JsonNode> live(DeployedKind kind, String namespace, String name) {
        return Optional.ofNullable(deployed.get(kind)).flatMap(objects -> objects.get(namespace, name));
    }

    /** Everything that this Gateway owns. */
    Stream<JsonNode> ownedBy(GatewayObject gateway, DeployedKind kind) {
        return Optional.ofNullable(deployed.get(kind)).stream()
                .flatMap(WatchedObjects::all)
                .filter(json -> json.path("metadata").path("namespace").asText().equals(gateway.namespace())
                        && json.path("metadata")
                                .path("ownerReferences")
                                .valueStream()
                                .anyMatch(owner -> owner.path("uid").asText().equals(gateway.uid())));
    }

    NamedObjects.Look lookAt(GatewayKey gateway) {
        return named.lookAt(gateway);
    }

    /** What the decision about a Gateway rests on; empty while it is still on its way. */
    Optional<Circumstances> circumstances(GatewayObject gateway, NamedObjects.Look look) {
        String controller = controller(gateway.className());
        String namespace = gateway.namespace();
        Optional<String> name = gateway.parameters()
                .filter(reference -> reference.isConfigMap() && controller.equals(GatewayClasses.WAYPOINT_CONTROLLER))
                .map(GatewayObject.Parameters::name);
        Optional<WatchedObjects> parameters =
                name.flatMap(each -> look.at(new Choice(ApiKind.CONFIG_MAP, namespace, each, "")));
        if (parameters.filter(watched -> !watched.isSynced()).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(new Circumstances(
                controller,
                namespaces
                        .get("", namespace)
                        .map(json -> GatewayObject.texts(json.path("metadata").path("labels")))
                        .orElse(Map.of()),
                revisions(),
                classDefaults(gateway.className()),
                parameters.flatMap(watched -> watched.get(namespace, name.orElseThrow())),
                name.isPresent() && parameters.isEmpty()));
    }

    private String controller(String className) {
        return gatewayClass(className)
                .map(json -> json.path("spec").path("controllerName").asText())
                .orElseGet(() -> GatewayClasses.controller(className));
    }

    private Set<String> revisions() {
        Set<String> names = new HashSet<>(Set.of(options.revision()));
        tags.all()
                .forEach(json ->
                        names.add(json.path("metadata").path("labels").path(TAG).asText()));
        return names;
    }

    /** The oldest, if there are several. */
    private Optional<JsonNode> classDefaults(String className) {
        return defaults.all()
                .filter(json -> json.path("metadata")
                        .path("labels")
                        .path(DEFAULTS_FOR)
                        .asText()
                        .equals(className))
                .min(Comparator.<JsonNode, String>comparing(json ->
                                json.path("metadata").path("creationTimestamp").asText())
                        .thenComparing(
                                json -> json.path("metadata").path("name").asText()));
    }

    /** A Service that was deployed for a Gateway. */
    ServiceState deployedService(String namespace, String name, String host) {
        return ServiceState.of(
                host,
                live(DeployedKind.SERVICE, namespace, name),
                slices.all().filter(slice -> isOf(slice, namespace, name)));
    }

    private static boolean isOf(JsonNode slice, String namespace, String service) {
        JsonNode metadata = slice.path("metadata");
        return metadata.path("namespace").asText().equals(namespace)
                && metadata.path("labels")
                        .path("kubernetes.io/service-name")
                        .asText()
                        .equals(service);
    }

    /** A Service that somebody else keeps, by its host name; empty while it is still on its way. */
    Optional<ServiceState> otherService(GatewayObject gateway, String host, NamedObjects.Look look) {
        String namespace = gateway.namespace();
        String suffix = "." + namespace + ".svc." + options.clusterDomain();
        if (!host.endsWith(suffix)) {
            return Optional.of(ServiceState.of(host, Optional.empty(), Stream.empty()));
        }
        String name = host.substring(0, host.length() - suffix.length());
        Optional<WatchedObjects> services = look.at(new Choice(ApiKind.SERVICE, namespace, name, ""));
        Optional<WatchedObjects> ends =
                look.at(new Choice(ApiKind.ENDPOINT_SLICE, namespace, "", "kubernetes.io/service-name=" + name));
        boolean coming = Stream.of(services, ends).flatMap(Optional::stream).anyMatch(watched -> !watched.isSynced());
        return coming
                ? Optional.empty()
                : Optional.of(ServiceState.of(
                        host,
                        services.flatMap(watched -> watched.get(namespace, name)),
                        ends.stream().flatMap(WatchedObjects::all)));
    }

    @Override
    public void close() {
        all.forEach(WatchedObjects::close);
        named.close();
    }
}
