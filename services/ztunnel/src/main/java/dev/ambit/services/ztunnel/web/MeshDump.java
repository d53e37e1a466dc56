package dev.ambit.services.ztunnel.web;

import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.Match;
import dev.ambit.domain.policy.ServiceAccountMatch;
import dev.ambit.domain.policy.StringMatch;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.LoadBalancing;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.Visibility;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.Health;
import dev.ambit.domain.workload.Locality;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Workloads, services and policies under the names that Istio's ztunnel gives them, which {@code istioctl ztunnel-config}
 * reads. What is empty is left out where Istio leaves it out.
 */
final class MeshDump {
    private final MeshView view;

    MeshDump(MeshView view) {
        this.view = view;
    }

    Iterable<Map<String, Object>> workloads() {
        var all = new ArrayList<Workload>();
        view.forEachWorkload(all::add);
        all.sort(Comparator.comparing(workload -> workload.uid().value()));
        return () -> all.stream().map(MeshDump::workload).iterator();
    }

    Iterable<Map<String, Object>> services() {
        var all = new ArrayList<MeshService>();
        view.forEachService(all::add);
        all.sort(Comparator.comparing(MeshService::hostname).thenComparing(MeshService::namespace));
        return () -> all.stream().map(this::service).iterator();
    }

    Iterable<Map<String, Object>> policies() {
        var all = new ArrayList<AuthorizationPolicy>();
        view.forEachPolicy(all::add);
        all.sort(Comparator.comparing(AuthorizationPolicy::name));
        return () -> all.stream().map(MeshDump::policy).iterator();
    }

    private static Map<String, Object> workload(Workload workload) {
        var json = new Fields();
        json.put(
                "workloadIps",
                workload.addresses().stream().map(Object::toString).toList());
        gateway(json, "waypoint", workload.waypoint());
        gateway(json, "networkGateway", workload.networkGateway());
        json.put("protocol", workload.isHbone() ? "HBONE" : "TCP");
        json.put("networkMode", workload.networkMode() == NetworkMode.STANDARD ? "Standard" : "HostNetwork");
        json.unlessEmpty("uid", workload.uid().value());
        json.put("name", workload.name());
        json.put("namespace", workload.namespace());
        json.unlessEmpty("trustDomain", workload.identity().trustDomain().name());
        json.unlessEmpty("serviceAccount", workload.identity().serviceAccount());
        json.unlessEmpty("network", workload.network());
        json.unlessEmpty("workloadName", workload.workloadName());
        json.unlessEmpty("workloadType", workload.workloadType().label());
        json.unlessEmpty("canonicalName", workload.canonical().name());
        json.unlessEmpty("canonicalRevision", workload.canonical().revision());
        json.unlessEmpty("hostname", workload.hostname());
        json.unlessEmpty("node", workload.node());
        if (workload.nativeTunnel()) {
            json.put("nativeTunnel", true);
        }
        if (workload.applicationTunnel().isPresent()) {
            var tunnel = new Fields();
            tunnel.put("protocol", workload.applicationTunnel().protocol().name());
            if (workload.applicationTunnel().port() > 0) {
                tunnel.put("port", workload.applicationTunnel().port());
            }
            json.put("applicationTunnel", tunnel.json());
        }
        json.unlessEmpty(
                "authorizationPolicies",
                workload.policies().stream().map(Object::toString).toList());
        json.put("status", status(workload));
        json.put("clusterId", workload.clusterId());
        var locality = new Fields();
        locality.put("region", workload.locality().region());
        locality.put("zone", workload.locality().zone());
        locality.put("subzone", workload.locality().subzone());
        if (!workload.locality().equals(Locality.UNKNOWN)) {
            json.put("locality", locality.json());
        }
        json.unlessEmpty(
                "services",
                workload.services().keySet().stream()
                        .sorted()
                        .map(Object::toString)
                        .toList());
        json.put("capacity", workload.capacity());
        return json.json();
    }

    private static String status(Workload workload) {
        return workload.health() == Health.HEALTHY ? "Healthy" : "Unhealthy";
    }

    private static void gateway(Fields json, String key, GatewayReference reference) {
        if (reference.isPresent()) {
            json.put(key, gateway(reference));
        }
    }

    private static Map<String, Object> gateway(GatewayReference reference) {
        var gateway = new Fields();
        switch (reference) {
            case GatewayReference.None() -> {}
            case GatewayReference.ByHostname(var hostname, int port) -> {
                gateway.put("destination", hostname.toString());
                gateway.put("hboneMtlsPort", port);
            }
            case GatewayReference.ByAddress(var address, int port) -> {
                gateway.put("destination", address.network() + "/" + address.ip());
                gateway.put("hboneMtlsPort", port);
            }
        }
        return gateway.json();
    }

    private Map<String, Object> service(MeshService service) {
        var json = new Fields();
        json.put("name", service.name());
        json.put("namespace", service.namespace());
        json.put("hostname", service.hostname());
        var vips = new ArrayList<String>();
        var blocks = new ArrayList<Map<String, Object>>();
        service.addresses().forEach(address -> {
            if (address.isHost()) {
                vips.add(address.network() + "/" + address.address().ip());
            } else {
                var block = new Fields();
                block.put("network", address.network());
                block.put("cidr", address.block().toString());
                blocks.add(block.json());
            }
        });
        json.put("vips", vips);
        json.unlessEmpty("cidrVips", blocks);
        var ports = new TreeMap<Integer, Integer>();
        for (ServicePort port : service.ports()) {
            ports.put(port.servicePort(), port.targetPort());
        }
        json.put("ports", ports);
        json.put("endpoints", endpoints(service));
        json.put("subjectAltNames", service.subjectAltNames());
        gateway(json, "waypoint", service.waypoint());
        json.unlessEmpty(
                "weightedWaypoints",
                service.weightedWaypoints().stream()
                        .map(weighted -> Map.of(
                                "destination", gateway(weighted.destination()),
                                "weight", Integer.toUnsignedLong(weighted.weight())))
                        .toList());
        if (!service.loadBalancing().equals(LoadBalancing.STANDARD)) {
            json.put("loadBalancer", loadBalancer(service.loadBalancing()));
        }
        if (service.ipFamilies() != IpFamilies.AUTOMATIC) {
            json.put(
                    "ipFamilies",
                    switch (service.ipFamilies()) {
                        case IPV4_ONLY -> "IPv4";
                        case IPV6_ONLY -> "IPv6";
                        case AUTOMATIC, DUAL -> "Dual";
                    });
        }
        json.put("canonical", service.canonical());
        json.put("visibility", service.visibility() == Visibility.PUBLIC ? "Public" : "Namespace");
        return json.json();
    }

    private Map<String, Object> endpoints(MeshService service) {
        var endpoints = new TreeMap<String, Object>();
        view.forEachEndpoint(service, workload -> {
            var endpoint = new Fields();
            endpoint.put("workloadUid", workload.uid().value());
            var ports = workload.services().get(service.key());
            endpoint.put("port", ports == null ? Map.of() : new TreeMap<>(ports.targets()));
            endpoint.put("status", status(workload));
            endpoints.put(workload.uid().value(), endpoint.json());
        });
        return endpoints;
    }

    private static Map<String, Object> loadBalancer(LoadBalancing balancing) {
        var json = new Fields();
        json.put(
                "routingPreferences",
                balancing.routingPreference().stream().map(MeshDump::word).toList());
        json.put("mode", word(balancing.mode()));
        json.put(
                "healthPolicy",
                balancing.healthPolicy() == LoadBalancing.HealthPolicy.ALLOW_ALL ? "AllowAll" : "OnlyHealthy");
        return json.json();
    }

    private static String word(Enum<?> constant) {
        String name = constant.name();
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> policy(AuthorizationPolicy policy) {
        var json = new Fields();
        json.put("name", policy.name().name());
        json.put("namespace", policy.name().namespace());
        json.put(
                "scope",
                switch (policy.scope()) {
                    case GLOBAL -> "Global";
                    case NAMESPACE -> "Namespace";
                    case WORKLOAD_SELECTOR -> "WorkloadSelector";
                });
        json.put("action", word(policy.action()));
        json.put(
                "rules",
                policy.rules().stream()
                        .map(rule -> rule.clauses().stream()
                                .map(clause -> clause.matches().stream()
                                        .map(MeshDump::match)
                                        .toList())
                                .toList())
                        .toList());
        json.put("dryRun", policy.dryRun());
        return json.json();
    }

    private static Map<String, Object> match(Match match) {
        var json = new Fields();
        json.unlessEmpty("namespaces", strings(match.namespaces().any()));
        json.unlessEmpty("notNamespaces", strings(match.namespaces().none()));
        json.unlessEmpty("serviceAccounts", accounts(match.serviceAccounts().any()));
        json.unlessEmpty("notServiceAccounts", accounts(match.serviceAccounts().none()));
        json.unlessEmpty("principals", strings(match.principals().any()));
        json.unlessEmpty("notPrincipals", strings(match.principals().none()));
        json.unlessEmpty("sourceIps", texts(match.sourceIps().any()));
        json.unlessEmpty("notSourceIps", texts(match.sourceIps().none()));
        json.unlessEmpty("destinationIps", texts(match.destinationIps().any()));
        json.unlessEmpty("notDestinationIps", texts(match.destinationIps().none()));
        json.unlessEmpty(
                "destinationPorts",
                match.destinationPorts().any().stream().sorted().toList());
        json.unlessEmpty(
                "notDestinationPorts",
                match.destinationPorts().none().stream().sorted().toList());
        return json.json();
    }

    private static List<Map<String, Object>> strings(List<StringMatch> matches) {
        return matches.stream()
                .map(match -> switch (match) {
                    case StringMatch.Exact(String value) -> Map.<String, Object>of("Exact", value);
                    case StringMatch.Prefix(String value) -> Map.<String, Object>of("Prefix", value);
                    case StringMatch.Suffix(String value) -> Map.<String, Object>of("Suffix", value);
                    case StringMatch.Presence() -> Map.<String, Object>of("Presence", List.of());
                })
                .toList();
    }

    private static List<Map<String, String>> accounts(List<ServiceAccountMatch> matches) {
        return matches.stream()
                .map(match -> Map.of("namespace", match.namespace(), "serviceAccount", match.serviceAccount()))
                .toList();
    }

    private static List<String> texts(List<?> entries) {
        return entries.stream().map(Object::toString).toList();
    }

    /** A JSON object in the order in which it is written. */
    static final class Fields {
        private final Map<String, Object> json = new LinkedHashMap<>();

        void put(String key, Object value) {
            json.put(key, value);
        }

        void unlessEmpty(String key, String value) {
            if (!value.isEmpty()) {
                json.put(key, value);
            }
        }

        void unlessEmpty(String key, Collection<?> value) {
            if (!value.isEmpty()) {
                json.put(key, value);
            }
        }

        Map<String, Object> json() {
            return json;
        }
    }
}
