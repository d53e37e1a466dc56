package dev.ambit.adapters.xds.wire;

import dev.ambit.adapters.xds.proto.workload.NetworkAddress;
import dev.ambit.adapters.xds.proto.workload.Port;
import dev.ambit.adapters.xds.proto.workload.Service;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.LoadBalancing;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.service.Visibility;
import dev.ambit.domain.service.WeightedWaypoint;
import dev.ambit.domain.workload.GatewayReference;
import java.util.ArrayList;
import java.util.List;

/** {@link MeshService} to istio.workload.Service and back. */
final class ServiceWire {

    static MeshService decode(Service wire) throws RejectedResource {
        NamespacedHostname key = new NamespacedHostname(
                WireLimits.required("namespace", wire.getNamespace()),
                WireLimits.required("hostname", wire.getHostname()));
        return new MeshService(
                key,
                WireLimits.text("name", wire.getName()),
                addresses(wire.getAddressesList()),
                ports(wire.getPortsList()),
                subjectAltNames(wire.getSubjectAltNamesList()),
                wire.hasWaypoint() ? Wire.gateway("waypoint", wire.getWaypoint()) : GatewayReference.none(),
                weightedWaypoints(wire),
                wire.hasLoadBalancing() ? loadBalancing(wire.getLoadBalancing()) : LoadBalancing.STANDARD,
                ipFamilies(wire),
                wire.getCanonical(),
                wire.getIngressUseWaypoint(),
                visibility(wire.getVisibility()));
    }

    private static List<VirtualAddress> addresses(List<NetworkAddress> wire) throws RejectedResource {
        WireLimits.count("addresses", wire, WireLimits.SERVICE_ADDRESSES_MAX);
        var addresses = new ArrayList<VirtualAddress>(wire.size());
        for (NetworkAddress address : wire) {
            int length = address.hasLength()
                    ? address.getLength()
                    : address.getAddress().size() * Byte.SIZE;
            addresses.add(new VirtualAddress(
                    WireLimits.text("addresses.network", address.getNetwork()),
                    Wire.block("addresses", address.getAddress(), length)));
        }
        return addresses;
    }

    private static List<ServicePort> ports(List<Port> wire) throws RejectedResource {
        WireLimits.count("ports", wire, WireLimits.PORTS_MAX);
        var ports = new ArrayList<ServicePort>(wire.size());
        for (Port port : wire) {
            ports.add(new ServicePort(
                    Wire.requiredPort("ports.service_port", port.getServicePort()),
                    Wire.port("ports.target_port", port.getTargetPort()),
                    appProtocol(port)));
        }
        return ports;
    }

    private static AppProtocol appProtocol(Port port) throws RejectedResource {
        return switch (port.getAppProtocol()) {
            case UNKNOWN -> AppProtocol.UNKNOWN;
            case HTTP11 -> AppProtocol.HTTP11;
            case HTTP2 -> AppProtocol.HTTP2;
            case GRPC -> AppProtocol.GRPC;
            case TCP -> AppProtocol.TCP;
            case TLS -> AppProtocol.TLS;
            case UNRECOGNIZED -> throw Wire.unknownEnum("ports.app_protocol", port.getAppProtocolValue());
        };
    }

    private static List<String> subjectAltNames(List<String> wire) throws RejectedResource {
        WireLimits.count("subject_alt_names", wire, WireLimits.SUBJECT_ALT_NAMES_MAX);
        for (String name : wire) {
            WireLimits.text("subject_alt_names", name);
        }
        return wire;
    }

    private static List<WeightedWaypoint> weightedWaypoints(Service wire) throws RejectedResource {
        WireLimits.count("weighted_waypoints", wire.getWeightedWaypointsList(), WireLimits.WAYPOINTS_MAX);
        var waypoints = new ArrayList<WeightedWaypoint>();
        for (var waypoint : wire.getWeightedWaypointsList()) {
            if (waypoint.getWeight() < 0) {
                throw new RejectedResource(
                        "weighted_waypoints.weight", "too large: " + Integer.toUnsignedString(waypoint.getWeight()));
            }
            waypoints.add(new WeightedWaypoint(
                    Wire.gateway("weighted_waypoints.destination", waypoint.getDestination()), waypoint.getWeight()));
        }
        return waypoints;
    }

    private static LoadBalancing loadBalancing(dev.ambit.adapters.xds.proto.workload.LoadBalancing wire)
            throws RejectedResource {
        WireLimits.count(
                "load_balancing.routing_preference",
                wire.getRoutingPreferenceCount(),
                WireLimits.ROUTING_PREFERENCES_MAX);
        var preferences = new ArrayList<LoadBalancing.Scope>();
        for (int i = 0; i < wire.getRoutingPreferenceCount(); i++) {
            preferences.add(
                    switch (wire.getRoutingPreference(i)) {
                        case REGION -> LoadBalancing.Scope.REGION;
                        case ZONE -> LoadBalancing.Scope.ZONE;
                        case SUBZONE -> LoadBalancing.Scope.SUBZONE;
                        case NODE -> LoadBalancing.Scope.NODE;
                        case CLUSTER -> LoadBalancing.Scope.CLUSTER;
                        case NETWORK -> LoadBalancing.Scope.NETWORK;
                        case UNSPECIFIED_SCOPE, UNRECOGNIZED ->
                            throw Wire.unknownEnum(
                                    "load_balancing.routing_preference", wire.getRoutingPreferenceValue(i));
                    });
        }
        return new LoadBalancing(preferences, mode(wire), healthPolicy(wire));
    }

    private static LoadBalancing.Mode mode(dev.ambit.adapters.xds.proto.workload.LoadBalancing wire)
            throws RejectedResource {
        return switch (wire.getMode()) {
            case UNSPECIFIED_MODE -> LoadBalancing.Mode.STANDARD;
            case STRICT -> LoadBalancing.Mode.STRICT;
            case FAILOVER -> LoadBalancing.Mode.FAILOVER;
            case PASSTHROUGH -> LoadBalancing.Mode.PASSTHROUGH;
            case UNRECOGNIZED -> throw Wire.unknownEnum("load_balancing.mode", wire.getModeValue());
        };
    }

    private static LoadBalancing.HealthPolicy healthPolicy(dev.ambit.adapters.xds.proto.workload.LoadBalancing wire)
            throws RejectedResource {
        return switch (wire.getHealthPolicy()) {
            case ONLY_HEALTHY -> LoadBalancing.HealthPolicy.ONLY_HEALTHY;
            case ALLOW_ALL -> LoadBalancing.HealthPolicy.ALLOW_ALL;
            case UNRECOGNIZED -> throw Wire.unknownEnum("load_balancing.health_policy", wire.getHealthPolicyValue());
        };
    }

    private static IpFamilies ipFamilies(Service wire) throws RejectedResource {
        return switch (wire.getIpFamilies()) {
            case AUTOMATIC -> IpFamilies.AUTOMATIC;
            case IPV4_ONLY -> IpFamilies.IPV4_ONLY;
            case IPV6_ONLY -> IpFamilies.IPV6_ONLY;
            case DUAL -> IpFamilies.DUAL;
            case UNRECOGNIZED -> throw Wire.unknownEnum("ip_families", wire.getIpFamiliesValue());
        };
    }

    /** Istio's proxies take a value they do not know for PUBLIC. */
    private static Visibility visibility(Service.Visibility wire) {
        return switch (wire) {
            case NAMESPACE -> Visibility.NAMESPACE;
            case PUBLIC, UNRECOGNIZED -> Visibility.PUBLIC;
        };
    }

    static Service encode(MeshService service) {
        var wire = Service.newBuilder()
                .setName(service.name())
                .setNamespace(service.namespace())
                .setHostname(service.hostname())
                .addAllSubjectAltNames(service.subjectAltNames())
                .setIpFamilies(ipFamilies(service.ipFamilies()))
                .setCanonical(service.canonical())
                .setIngressUseWaypoint(service.ingressUseWaypoint())
                .setVisibility(
                        switch (service.visibility()) {
                            case PUBLIC -> Service.Visibility.PUBLIC;
                            case NAMESPACE -> Service.Visibility.NAMESPACE;
                        });
        service.addresses().forEach(address -> wire.addAddresses(address(address)));
        for (ServicePort port : service.ports()) {
            wire.addPorts(Port.newBuilder()
                    .setServicePort(port.servicePort())
                    .setTargetPort(port.targetPort())
                    .setAppProtocol(appProtocol(port.appProtocol())));
        }
        for (WeightedWaypoint waypoint : service.weightedWaypoints()) {
            wire.addWeightedWaypoints(dev.ambit.adapters.xds.proto.workload.WeightedWaypoint.newBuilder()
                    .setDestination(Wire.gateway(waypoint.destination()))
                    .setWeight(waypoint.weight()));
        }
        if (service.waypoint().isPresent()) {
            wire.setWaypoint(Wire.gateway(service.waypoint()));
        }
        if (!service.loadBalancing().equals(LoadBalancing.STANDARD)) {
            wire.setLoadBalancing(loadBalancing(service.loadBalancing()));
        }
        return wire.build();
    }

    /** A single address goes without a length, as istiod sends it. */
    private static NetworkAddress address(VirtualAddress address) {
        var wire = NetworkAddress.newBuilder()
                .setNetwork(address.network())
                .setAddress(Wire.bytes(address.block().base()));
        if (!address.isHost()) {
            wire.setLength(address.block().prefixLength());
        }
        return wire.build();
    }

    private static dev.ambit.adapters.xds.proto.workload.AppProtocol appProtocol(AppProtocol protocol) {
        return switch (protocol) {
            case UNKNOWN -> dev.ambit.adapters.xds.proto.workload.AppProtocol.UNKNOWN;
            case HTTP11 -> dev.ambit.adapters.xds.proto.workload.AppProtocol.HTTP11;
            case HTTP2 -> dev.ambit.adapters.xds.proto.workload.AppProtocol.HTTP2;
            case GRPC -> dev.ambit.adapters.xds.proto.workload.AppProtocol.GRPC;
            case TCP -> dev.ambit.adapters.xds.proto.workload.AppProtocol.TCP;
            case TLS -> dev.ambit.adapters.xds.proto.workload.AppProtocol.TLS;
        };
    }

    private static dev.ambit.adapters.xds.proto.workload.IPFamilies ipFamilies(IpFamilies families) {
        return switch (families) {
            case AUTOMATIC -> dev.ambit.adapters.xds.proto.workload.IPFamilies.AUTOMATIC;
            case IPV4_ONLY -> dev.ambit.adapters.xds.proto.workload.IPFamilies.IPV4_ONLY;
            case IPV6_ONLY -> dev.ambit.adapters.xds.proto.workload.IPFamilies.IPV6_ONLY;
            case DUAL -> dev.ambit.adapters.xds.proto.workload.IPFamilies.DUAL;
        };
    }

    private static dev.ambit.adapters.xds.proto.workload.LoadBalancing loadBalancing(LoadBalancing balancing) {
        var wire = dev.ambit.adapters.xds.proto.workload.LoadBalancing.newBuilder()
                .setMode(
                        switch (balancing.mode()) {
                            case STANDARD -> dev.ambit.adapters.xds.proto.workload.LoadBalancing.Mode.UNSPECIFIED_MODE;
                            case STRICT -> dev.ambit.adapters.xds.proto.workload.LoadBalancing.Mode.STRICT;
                            case FAILOVER -> dev.ambit.adapters.xds.proto.workload.LoadBalancing.Mode.FAILOVER;
                            case PASSTHROUGH -> dev.ambit.adapters.xds.proto.workload.LoadBalancing.Mode.PASSTHROUGH;
                        })
                .setHealthPolicy(
                        switch (balancing.healthPolicy()) {
                            case ONLY_HEALTHY ->
                                dev.ambit.adapters.xds.proto.workload.LoadBalancing.HealthPolicy.ONLY_HEALTHY;
                            case ALLOW_ALL ->
                                dev.ambit.adapters.xds.proto.workload.LoadBalancing.HealthPolicy.ALLOW_ALL;
                        });
        for (LoadBalancing.Scope scope : balancing.routingPreference()) {
            wire.addRoutingPreference(
                    switch (scope) {
                        case REGION -> dev.ambit.adapters.xds.proto.workload.LoadBalancing.Scope.REGION;
                        case ZONE -> dev.ambit.adapters.xds.proto.workload.LoadBalancing.Scope.ZONE;
                        case SUBZONE -> dev.ambit.adapters.xds.proto.workload.LoadBalancing.Scope.SUBZONE;
                        case NODE -> dev.ambit.adapters.xds.proto.workload.LoadBalancing.Scope.NODE;
                        case CLUSTER -> dev.ambit.adapters.xds.proto.workload.LoadBalancing.Scope.CLUSTER;
                        case NETWORK -> dev.ambit.adapters.xds.proto.workload.LoadBalancing.Scope.NETWORK;
                    });
        }
        return wire.build();
    }

    private ServiceWire() {}
}
