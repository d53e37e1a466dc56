package dev.ambit.adapters.xds.local;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.LoadBalancing;
import dev.ambit.domain.service.LoadBalancing.HealthPolicy;
import dev.ambit.domain.service.LoadBalancing.Mode;
import dev.ambit.domain.service.LoadBalancing.Scope;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.service.Visibility;
import dev.ambit.domain.service.WeightedWaypoint;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads services, and the endpoints they list beside those that workloads claim. */
final class LocalServices {
    private static final Set<String> KNOWN = Set.of(
            "name",
            "namespace",
            "hostname",
            "vips",
            "cidrVips",
            "ports",
            "endpoints",
            "subjectAltNames",
            "waypoint",
            "weightedWaypoints",
            "loadBalancer",
            "ipFamilies",
            "canonical",
            "visibility");
    private static final Map<String, Scope> SCOPES = Map.of(
            "Region", Scope.REGION,
            "Zone", Scope.ZONE,
            "Subzone", Scope.SUBZONE,
            "Node", Scope.NODE,
            "Cluster", Scope.CLUSTER,
            "Network", Scope.NETWORK);
    private static final Map<String, Mode> MODES = Map.of(
            "Standard", Mode.STANDARD,
            "Strict", Mode.STRICT,
            "Failover", Mode.FAILOVER,
            "Passthrough", Mode.PASSTHROUGH);
    private static final long WEIGHT_MAX = Integer.MAX_VALUE;

    /** @param endpoints that the service itself lists, with their ports */
    record Read(MeshService service, Map<WorkloadUid, PortMap> endpoints) {}

    static Read read(LocalFields.Item item) {
        var fields = new LocalFields(item.node(), item.path(), KNOWN);
        String namespace = fields.required("namespace");
        String hostname = fields.required("hostname");
        NamespacedHostname key = NamespacedHostname.parse(namespace + "/" + hostname)
                .orElseThrow(() -> fields.wrong("hostname", "must be a host name, without a slash"));
        var service = new MeshService(
                key,
                fields.required("name"),
                addresses(fields),
                ports(fields),
                fields.list("subjectAltNames").stream()
                        .map(it -> LocalFields.text(it.node(), it.path()))
                        .toList(),
                LocalWorkloads.gateway(fields, "waypoint"),
                weightedWaypoints(fields),
                loadBalancing(fields),
                fields.choice(
                        "ipFamilies",
                        Map.of("Dual", IpFamilies.DUAL, "IPv4", IpFamilies.IPV4_ONLY, "IPv6", IpFamilies.IPV6_ONLY),
                        IpFamilies.AUTOMATIC),
                fields.flag("canonical", false),
                false,
                fields.choice(
                        "visibility",
                        Map.of("Public", Visibility.PUBLIC, "Namespace", Visibility.NAMESPACE),
                        Visibility.PUBLIC));
        return new Read(service, endpoints(fields));
    }

    private static List<VirtualAddress> addresses(LocalFields fields) {
        if (fields.node("vips").isEmpty()) {
            throw fields.wrong("vips", "must be set to a list, which may be empty");
        }
        var addresses = new ArrayList<VirtualAddress>();
        for (LocalFields.Item item : fields.list("vips")) {
            addresses.add(
                    VirtualAddress.of(item.parsed(LocalAddresses::networkAddress, LocalAddresses.NETWORK_ADDRESS)));
        }
        for (LocalFields.Item item : fields.list("cidrVips")) {
            var block = new LocalFields(item.node(), item.path(), Set.of("network", "cidr"));
            addresses.add(new VirtualAddress(
                    block.text("network"),
                    block.parsed("cidr", Cidr::parse, "a block such as 10.0.0.0/24")
                            .orElseThrow(() -> block.wrong("cidr", "must be set"))));
        }
        return addresses;
    }

    private static List<ServicePort> ports(LocalFields fields) {
        if (fields.node("ports").isEmpty()) {
            throw fields.wrong("ports", "must be set to a mapping, which may be {}");
        }
        var ports = new ArrayList<ServicePort>();
        new TreeMap<>(fields.ports("ports"))
                .forEach((port, target) -> ports.add(new ServicePort(port, target, AppProtocol.UNKNOWN)));
        return ports;
    }

    private static Map<WorkloadUid, PortMap> endpoints(LocalFields fields) {
        var endpoints = new HashMap<WorkloadUid, PortMap>();
        fields.node("endpoints")
                .ifPresent(node -> LocalFields.entries(node, "endpoints").forEach((uid, entry) -> {
                    var endpoint = new LocalFields(entry, "endpoints." + uid, Set.of("workloadUid", "port", "status"));
                    // The status that counts is the workload's own.
                    endpoint.choice("status", LocalWorkloads.HEALTH, null);
                    endpoints.put(
                            new WorkloadUid(endpoint.required("workloadUid")), new PortMap(endpoint.ports("port")));
                }));
        return endpoints;
    }

    private static List<WeightedWaypoint> weightedWaypoints(LocalFields fields) {
        var waypoints = new ArrayList<WeightedWaypoint>();
        for (LocalFields.Item item : fields.list("weightedWaypoints")) {
            var waypoint = new LocalFields(item.node(), item.path(), Set.of("destination", "weight"));
            var destination = waypoint.child("destination", LocalAddresses.GATEWAY)
                    .orElseThrow(() -> waypoint.wrong("destination", "must be set"));
            waypoints.add(new WeightedWaypoint(
                    LocalAddresses.gateway(destination), (int) waypoint.number("weight", 0, WEIGHT_MAX)));
        }
        return waypoints;
    }

    private static LoadBalancing loadBalancing(LocalFields fields) {
        return fields.child("loadBalancer", Set.of("routingPreferences", "mode", "healthPolicy"))
                .map(it -> new LoadBalancing(
                        it.list("routingPreferences").stream()
                                .map(scope -> LocalFields.choice(scope.node(), scope.path(), SCOPES))
                                .toList(),
                        it.choice("mode", MODES, null),
                        it.choice(
                                "healthPolicy",
                                Map.of("OnlyHealthy", HealthPolicy.ONLY_HEALTHY, "AllowAll", HealthPolicy.ALLOW_ALL),
                                null)))
                .orElse(LoadBalancing.STANDARD);
    }

    private LocalServices() {}
}
