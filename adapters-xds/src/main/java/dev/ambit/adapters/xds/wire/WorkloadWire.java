package dev.ambit.adapters.xds.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import dev.ambit.adapters.xds.proto.workload.AppProtocol;
import dev.ambit.adapters.xds.proto.workload.Port;
import dev.ambit.adapters.xds.proto.workload.PortList;
import dev.ambit.adapters.xds.proto.workload.WorkloadStatus;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.identity.SpiffeId;
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
import java.util.TreeMap;

/**
 * {@link Workload} to istio.workload.Workload and back.
 *
 * <p>What istiod leaves out is left out here and filled in when read: trust domain {@code cluster.local}, capacity 1. A
 * reader also takes an empty service account for {@code default} and an empty cluster for {@code Kubernetes}.
 */
final class WorkloadWire {
    private static final String DEFAULT_SERVICE_ACCOUNT = "default";
    private static final String DEFAULT_CLUSTER = "Kubernetes";

    static Workload decode(dev.ambit.adapters.xds.proto.workload.Workload wire, SharedParts shared)
            throws RejectedResource {
        String uid = WireLimits.required("uid", wire.getUid());
        SpiffeId identity = shared.first(identity(wire));
        return Workload.builder(new WorkloadUid(uid), identity.namespace(), WireLimits.text("name", wire.getName()))
                .trustDomain(identity.trustDomain())
                .serviceAccount(identity.serviceAccount())
                .addresses(addresses(wire.getAddressesList()))
                .hostname(WireLimits.text("hostname", wire.getHostname()))
                .network(shared.first(WireLimits.text("network", wire.getNetwork())))
                .networkMode(networkMode(wire))
                .node(shared.first(WireLimits.text("node", wire.getNode())))
                .clusterId(shared.first(orDefault(WireLimits.text("cluster_id", wire.getClusterId()), DEFAULT_CLUSTER)))
                .tunnelProtocol(tunnelProtocol(wire))
                .nativeTunnel(wire.getNativeTunnel())
                .applicationTunnel(shared.first(applicationTunnel(wire)))
                .canonical(shared.first(canonical(wire)))
                .workloadName(shared.first(WireLimits.text("workload_name", wire.getWorkloadName())))
                .workloadType(workloadType(wire))
                .locality(shared.first(locality(wire.getLocality())))
                .health(health(wire))
                .capacity(capacity(wire))
                .services(shared.first(Map.copyOf(services(wire.getServicesMap()))))
                .policies(shared.first(List.copyOf(policies(wire.getAuthorizationPoliciesList()))))
                .waypoint(shared.first(waypoint(wire)))
                .networkGateway(shared.first(networkGateway(wire)))
                .build();
    }

    private static SpiffeId identity(dev.ambit.adapters.xds.proto.workload.Workload wire) throws RejectedResource {
        String domain = orDefault(wire.getTrustDomain(), TrustDomain.CLUSTER_LOCAL.name());
        if (!TrustDomain.isValid(domain)) {
            throw new RejectedResource("trust_domain", "not a trust domain: " + RejectedResource.shown(domain));
        }
        String namespace = WireLimits.required("namespace", wire.getNamespace());
        String account =
                orDefault(WireLimits.text("service_account", wire.getServiceAccount()), DEFAULT_SERVICE_ACCOUNT);
        try {
            return new SpiffeId(new TrustDomain(domain), namespace, account);
        } catch (IllegalArgumentException _) {
            throw new RejectedResource(
                    "service_account",
                    "no identity can have namespace " + RejectedResource.shown(namespace) + " and service account "
                            + RejectedResource.shown(account));
        }
    }

    private static CanonicalService canonical(dev.ambit.adapters.xds.proto.workload.Workload wire)
            throws RejectedResource {
        return new CanonicalService(
                WireLimits.text("canonical_name", wire.getCanonicalName()),
                WireLimits.text("canonical_revision", wire.getCanonicalRevision()));
    }

    private static GatewayReference waypoint(dev.ambit.adapters.xds.proto.workload.Workload wire)
            throws RejectedResource {
        return wire.hasWaypoint() ? Wire.gateway("waypoint", wire.getWaypoint()) : GatewayReference.none();
    }

    private static GatewayReference networkGateway(dev.ambit.adapters.xds.proto.workload.Workload wire)
            throws RejectedResource {
        return wire.hasNetworkGateway()
                ? Wire.gateway("network_gateway", wire.getNetworkGateway())
                : GatewayReference.none();
    }

    private static String orDefault(String value, String otherwise) {
        return value.isEmpty() ? otherwise : value;
    }

    private static List<IpAddress> addresses(List<ByteString> wire) throws RejectedResource {
        WireLimits.count("addresses", wire, WireLimits.WORKLOAD_ADDRESSES_MAX);
        var addresses = new ArrayList<IpAddress>(wire.size());
        for (ByteString bytes : wire) {
            addresses.add(Wire.ip("addresses", bytes));
        }
        return addresses;
    }

    private static NetworkMode networkMode(dev.ambit.adapters.xds.proto.workload.Workload wire)
            throws RejectedResource {
        return switch (wire.getNetworkMode()) {
            case STANDARD -> NetworkMode.STANDARD;
            case HOST_NETWORK -> NetworkMode.HOST_NETWORK;
            case UNRECOGNIZED -> throw Wire.unknownEnum("network_mode", wire.getNetworkModeValue());
        };
    }

    private static TunnelProtocol tunnelProtocol(dev.ambit.adapters.xds.proto.workload.Workload wire)
            throws RejectedResource {
        return switch (wire.getTunnelProtocol()) {
            case NONE -> TunnelProtocol.NONE;
            case HBONE -> TunnelProtocol.HBONE;
            case LEGACY_ISTIO_MTLS ->
                throw new RejectedResource("tunnel_protocol", "LEGACY_ISTIO_MTLS is not an ambient protocol");
            case UNRECOGNIZED -> throw Wire.unknownEnum("tunnel_protocol", wire.getTunnelProtocolValue());
        };
    }

    private static ApplicationTunnel applicationTunnel(dev.ambit.adapters.xds.proto.workload.Workload wire)
            throws RejectedResource {
        if (!wire.hasApplicationTunnel()) {
            return ApplicationTunnel.ABSENT;
        }
        var tunnel = wire.getApplicationTunnel();
        ApplicationTunnel.Protocol protocol = switch (tunnel.getProtocol()) {
            case NONE -> ApplicationTunnel.Protocol.NONE;
            case PROXY -> ApplicationTunnel.Protocol.PROXY;
            case UNRECOGNIZED -> throw Wire.unknownEnum("application_tunnel.protocol", tunnel.getProtocolValue());
        };
        return new ApplicationTunnel(protocol, Wire.port("application_tunnel.port", tunnel.getPort()));
    }

    private static WorkloadType workloadType(dev.ambit.adapters.xds.proto.workload.Workload wire)
            throws RejectedResource {
        return switch (wire.getWorkloadType()) {
            case DEPLOYMENT -> WorkloadType.DEPLOYMENT;
            case CRONJOB -> WorkloadType.CRONJOB;
            case POD -> WorkloadType.POD;
            case JOB -> WorkloadType.JOB;
            case UNRECOGNIZED -> throw Wire.unknownEnum("workload_type", wire.getWorkloadTypeValue());
        };
    }

    private static Locality locality(dev.ambit.adapters.xds.proto.workload.Locality wire) throws RejectedResource {
        return new Locality(
                WireLimits.text("locality.region", wire.getRegion()),
                WireLimits.text("locality.zone", wire.getZone()),
                WireLimits.text("locality.subzone", wire.getSubzone()));
    }

    private static Health health(dev.ambit.adapters.xds.proto.workload.Workload wire) throws RejectedResource {
        return switch (wire.getStatus()) {
            case HEALTHY -> Health.HEALTHY;
            case UNHEALTHY -> Health.UNHEALTHY;
            case UNRECOGNIZED -> throw Wire.unknownEnum("status", wire.getStatusValue());
        };
    }

    /** Unsigned on the wire; weights above what an int holds are as good as the largest. */
    private static int capacity(dev.ambit.adapters.xds.proto.workload.Workload wire) {
        if (!wire.hasCapacity()) {
            return 1;
        }
        int value = wire.getCapacity().getValue();
        return value < 0 ? Integer.MAX_VALUE : value;
    }

    private static Map<NamespacedHostname, PortMap> services(Map<String, PortList> wire) throws RejectedResource {
        WireLimits.count("services", wire.size(), WireLimits.WORKLOAD_SERVICES_MAX);
        var services = new HashMap<NamespacedHostname, PortMap>();
        for (var entry : wire.entrySet()) {
            String key = WireLimits.text("services", entry.getKey());
            NamespacedHostname name = NamespacedHostname.parse(key)
                    .orElseThrow(() -> new RejectedResource(
                            "services", "key is not namespace/hostname: " + RejectedResource.shown(key)));
            services.put(name, ports(entry.getValue().getPortsList()));
        }
        return services;
    }

    private static PortMap ports(List<Port> wire) throws RejectedResource {
        WireLimits.count("services.ports", wire, WireLimits.PORTS_MAX);
        var targets = new HashMap<Integer, Integer>();
        for (Port port : wire) {
            targets.put(
                    Wire.requiredPort("services.ports.service_port", port.getServicePort()),
                    Wire.port("services.ports.target_port", port.getTargetPort()));
        }
        return new PortMap(targets);
    }

    private static List<PolicyName> policies(List<String> wire) throws RejectedResource {
        WireLimits.count("authorization_policies", wire, WireLimits.WORKLOAD_POLICIES_MAX);
        var policies = new ArrayList<PolicyName>(wire.size());
        for (String text : wire) {
            policies.add(PolicyName.parse(WireLimits.text("authorization_policies", text))
                    .orElseThrow(() -> new RejectedResource(
                            "authorization_policies", "not namespace/name: " + RejectedResource.shown(text))));
        }
        return policies;
    }

    static dev.ambit.adapters.xds.proto.workload.Workload encode(Workload workload) {
        SpiffeId identity = workload.identity();
        var wire = dev.ambit.adapters.xds.proto.workload.Workload.newBuilder()
                .setUid(workload.uid().value())
                .setName(workload.name())
                .setNamespace(workload.namespace())
                .setServiceAccount(identity.serviceAccount())
                .setHostname(workload.hostname())
                .setNetwork(workload.network())
                .setNetworkMode(networkMode(workload.networkMode()))
                .setNode(workload.node())
                .setClusterId(workload.clusterId())
                .setTunnelProtocol(tunnelProtocol(workload.tunnelProtocol()))
                .setNativeTunnel(workload.nativeTunnel())
                .setCanonicalName(workload.canonical().name())
                .setCanonicalRevision(workload.canonical().revision())
                .setWorkloadName(workload.workloadName())
                .setWorkloadType(workloadType(workload.workloadType()))
                .setStatus(
                        switch (workload.health()) {
                            case HEALTHY -> WorkloadStatus.HEALTHY;
                            case UNHEALTHY -> WorkloadStatus.UNHEALTHY;
                        });
        workload.addresses().forEach(ip -> wire.addAddresses(Wire.bytes(ip)));
        workload.policies().forEach(name -> wire.addAuthorizationPolicies(name.toString()));
        new TreeMap<>(workload.services()).forEach((name, ports) -> wire.putServices(name.toString(), ports(ports)));
        if (!identity.trustDomain().equals(TrustDomain.CLUSTER_LOCAL)) {
            wire.setTrustDomain(identity.trustDomain().name());
        }
        if (workload.capacity() != 1) {
            wire.setCapacity(UInt32Value.of(workload.capacity()));
        }
        if (!workload.locality().equals(Locality.UNKNOWN)) {
            wire.setLocality(locality(workload.locality()));
        }
        if (workload.applicationTunnel().isPresent()) {
            wire.setApplicationTunnel(applicationTunnel(workload.applicationTunnel()));
        }
        if (workload.waypoint().isPresent()) {
            wire.setWaypoint(Wire.gateway(workload.waypoint()));
        }
        if (workload.networkGateway().isPresent()) {
            wire.setNetworkGateway(Wire.gateway(workload.networkGateway()));
        }
        return wire.build();
    }

    private static dev.ambit.adapters.xds.proto.workload.NetworkMode networkMode(NetworkMode mode) {
        return switch (mode) {
            case STANDARD -> dev.ambit.adapters.xds.proto.workload.NetworkMode.STANDARD;
            case HOST_NETWORK -> dev.ambit.adapters.xds.proto.workload.NetworkMode.HOST_NETWORK;
        };
    }

    private static dev.ambit.adapters.xds.proto.workload.TunnelProtocol tunnelProtocol(TunnelProtocol protocol) {
        return switch (protocol) {
            case NONE -> dev.ambit.adapters.xds.proto.workload.TunnelProtocol.NONE;
            case HBONE -> dev.ambit.adapters.xds.proto.workload.TunnelProtocol.HBONE;
        };
    }

    private static dev.ambit.adapters.xds.proto.workload.WorkloadType workloadType(WorkloadType type) {
        return switch (type) {
            case DEPLOYMENT -> dev.ambit.adapters.xds.proto.workload.WorkloadType.DEPLOYMENT;
            case CRONJOB -> dev.ambit.adapters.xds.proto.workload.WorkloadType.CRONJOB;
            case POD -> dev.ambit.adapters.xds.proto.workload.WorkloadType.POD;
            case JOB -> dev.ambit.adapters.xds.proto.workload.WorkloadType.JOB;
        };
    }

    private static dev.ambit.adapters.xds.proto.workload.Locality locality(Locality locality) {
        return dev.ambit.adapters.xds.proto.workload.Locality.newBuilder()
                .setRegion(locality.region())
                .setZone(locality.zone())
                .setSubzone(locality.subzone())
                .build();
    }

    private static dev.ambit.adapters.xds.proto.workload.ApplicationTunnel applicationTunnel(ApplicationTunnel tunnel) {
        return dev.ambit.adapters.xds.proto.workload.ApplicationTunnel.newBuilder()
                .setProtocol(
                        switch (tunnel.protocol()) {
                            case ABSENT -> throw new IllegalArgumentException("no application tunnel to encode");
                            case NONE -> dev.ambit.adapters.xds.proto.workload.ApplicationTunnel.Protocol.NONE;
                            case PROXY -> dev.ambit.adapters.xds.proto.workload.ApplicationTunnel.Protocol.PROXY;
                        })
                .setPort(tunnel.port())
                .build();
    }

    private static PortList ports(PortMap ports) {
        var list = PortList.newBuilder();
        new TreeMap<>(ports.targets())
                .forEach((service, target) -> list.addPorts(Port.newBuilder()
                        .setServicePort(service)
                        .setTargetPort(target)
                        .setAppProtocol(AppProtocol.UNKNOWN)));
        return list.build();
    }

    private WorkloadWire() {}
}
