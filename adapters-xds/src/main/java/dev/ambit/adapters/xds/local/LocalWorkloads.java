package dev.ambit.adapters.xds.local;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.workload.ApplicationTunnel;
import dev.ambit.domain.workload.CanonicalService;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.Health;
import dev.ambit.domain.workload.Locality;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadType;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads workloads. What is left out gets no default that the wire would have: a workload without trust domain or service
 * account has an identity that no certificate can have, so nobody reaches it through a tunnel.
 */
final class LocalWorkloads {
    /** No name in Kubernetes, and no trust domain, has parentheses. */
    static final String UNSET = "(unset)";

    static final Map<String, Health> HEALTH = Map.of("Healthy", Health.HEALTHY, "Unhealthy", Health.UNHEALTHY);

    private static final Set<String> KNOWN = Set.of(
            "workloadIps",
            "waypoint",
            "networkGateway",
            "protocol",
            "networkMode",
            "uid",
            "name",
            "namespace",
            "trustDomain",
            "serviceAccount",
            "network",
            "workloadName",
            "workloadType",
            "canonicalName",
            "canonicalRevision",
            "hostname",
            "node",
            "nativeTunnel",
            "applicationTunnel",
            "authorizationPolicies",
            "status",
            "clusterId",
            "locality",
            "services",
            "capacity");
    private static final Map<String, WorkloadType> TYPES = Map.of(
            "", WorkloadType.POD,
            "deployment", WorkloadType.DEPLOYMENT,
            "cronjob", WorkloadType.CRONJOB,
            "pod", WorkloadType.POD,
            "job", WorkloadType.JOB);

    static Workload read(LocalFields.Item item) {
        var fields = new LocalFields(item.node(), item.path(), KNOWN);
        String namespace = fields.required("namespace");
        String name = fields.text("name");
        String uid = fields.text("uid");
        Workload.Builder builder = Workload.builder(
                        new WorkloadUid(uid.isEmpty() ? "local//Pod/" + namespace + "/" + name : uid), namespace, name)
                .trustDomain(trustDomain(fields))
                .serviceAccount(orUnset(fields.text("serviceAccount")))
                .addresses(addresses(fields))
                .hostname(fields.text("hostname"))
                .network(fields.text("network"))
                .networkMode(fields.choice(
                        "networkMode",
                        Map.of("Standard", NetworkMode.STANDARD, "HostNetwork", NetworkMode.HOST_NETWORK),
                        NetworkMode.STANDARD))
                .node(fields.text("node"))
                .clusterId(fields.text("clusterId"))
                .tunnelProtocol(fields.choice(
                        "protocol",
                        Map.of("TCP", TunnelProtocol.NONE, "HBONE", TunnelProtocol.HBONE),
                        TunnelProtocol.NONE))
                .nativeTunnel(fields.flag("nativeTunnel", false))
                .applicationTunnel(applicationTunnel(fields))
                .canonical(new CanonicalService(fields.text("canonicalName"), fields.text("canonicalRevision")))
                .workloadName(fields.text("workloadName"))
                .workloadType(fields.choice("workloadType", TYPES, WorkloadType.POD))
                .locality(locality(fields))
                .health(fields.choice("status", HEALTH, Health.HEALTHY))
                .capacity((int) fields.number("capacity", 1, Integer.MAX_VALUE))
                .services(services(fields))
                .policies(policies(fields))
                .waypoint(gateway(fields, "waypoint"))
                .networkGateway(gateway(fields, "networkGateway"));
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw fields.wrong("serviceAccount", "makes no identity: " + e.getMessage());
        }
    }

    private static TrustDomain trustDomain(LocalFields fields) {
        String domain = orUnset(fields.text("trustDomain"));
        if (!TrustDomain.isValid(domain)) {
            throw fields.wrong("trustDomain", "is '" + domain + "'; it must be like cluster.local");
        }
        return new TrustDomain(domain);
    }

    private static String orUnset(String text) {
        return text.isEmpty() ? UNSET : text;
    }

    private static List<IpAddress> addresses(LocalFields fields) {
        if (fields.node("workloadIps").isEmpty()) {
            throw fields.wrong("workloadIps", "must be set to a list, which may be empty");
        }
        var addresses = new ArrayList<IpAddress>();
        for (LocalFields.Item item : fields.list("workloadIps")) {
            addresses.add(item.parsed(IpAddress::parse, "an address"));
        }
        return addresses;
    }

    private static ApplicationTunnel applicationTunnel(LocalFields fields) {
        return fields.child("applicationTunnel", Set.of("protocol", "port"))
                .map(tunnel -> new ApplicationTunnel(
                        tunnel.choice(
                                "protocol",
                                Map.of(
                                        "NONE", ApplicationTunnel.Protocol.NONE,
                                        "PROXY", ApplicationTunnel.Protocol.PROXY),
                                null),
                        tunnel.port("port")))
                .orElse(ApplicationTunnel.ABSENT);
    }

    private static Locality locality(LocalFields fields) {
        return fields.child("locality", Set.of("region", "zone", "subzone"))
                .map(it -> new Locality(it.text("region"), it.text("zone"), it.text("subzone")))
                .orElse(Locality.UNKNOWN);
    }

    private static Map<NamespacedHostname, PortMap> services(LocalFields fields) {
        Optional<LocalNode> node = fields.node("services");
        if (node.isEmpty()) {
            throw fields.wrong("services", "must be set to a mapping, which may be {}");
        }
        var services = new HashMap<NamespacedHostname, PortMap>();
        LocalFields.entries(node.get(), "services").forEach((text, ports) -> {
            NamespacedHostname name = NamespacedHostname.parse(text)
                    .orElseThrow(() -> fields.wrong(
                            "services", "has a key '" + text + "'; it must be " + LocalAddresses.HOSTNAME));
            services.put(name, new PortMap(LocalFields.ports(ports, "services." + text)));
        });
        return services;
    }

    private static List<PolicyName> policies(LocalFields fields) {
        var policies = new ArrayList<PolicyName>();
        for (LocalFields.Item item : fields.list("authorizationPolicies")) {
            policies.add(item.parsed(PolicyName::parse, "namespace/name"));
        }
        return policies;
    }

    static GatewayReference gateway(LocalFields fields, String key) {
        return fields.child(key, LocalAddresses.GATEWAY)
                .map(LocalAddresses::gateway)
                .orElseGet(GatewayReference::none);
    }

    private LocalWorkloads() {}
}
