package dev.ambit.domain.workload;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.policy.PolicyName;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One pod (or other endpoint) of the mesh as WDS describes it (istio.workload.Workload). Strings are empty when unknown.
 *
 * @param name the pod's name
 * @param identity what its certificate says; every workload has one, also outside the mesh
 * @param hostname resolved by DNS when there are no addresses
 * @param nativeTunnel the workload itself terminates HBONE
 * @param workloadName the Deployment or other owner, for telemetry
 * @param capacity weight among its service's endpoints; 0 is never chosen
 * @param services the services it backs, with the ports it serves them on
 * @param policies policies that apply to it by name, beyond those of its namespace and the mesh
 */
public record Workload(
        WorkloadUid uid,
        String name,
        String namespace,
        SpiffeId identity,
        List<IpAddress> addresses,
        String hostname,
        String network,
        NetworkMode networkMode,
        String node,
        String clusterId,
        TunnelProtocol tunnelProtocol,
        boolean nativeTunnel,
        ApplicationTunnel applicationTunnel,
        CanonicalService canonical,
        String workloadName,
        WorkloadType workloadType,
        Locality locality,
        Health health,
        int capacity,
        Map<NamespacedHostname, PortMap> services,
        List<PolicyName> policies,
        GatewayReference waypoint,
        GatewayReference networkGateway) {

    public Workload {
        Objects.requireNonNull(uid);
        addresses = List.copyOf(addresses);
        services = Map.copyOf(services);
        policies = List.copyOf(policies);
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity of " + uid + ": " + capacity);
        }
    }

    /** Starts a workload with Istio's defaults: trust domain {@code cluster.local}, cluster {@code Kubernetes}. */
    public static Builder builder(WorkloadUid uid, String namespace, String name) {
        return new Builder(uid, namespace, name);
    }

    /** A builder that starts as this workload. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    public boolean isHbone() {
        return tunnelProtocol == TunnelProtocol.HBONE;
    }

    public boolean hasAddress(IpAddress address) {
        return addresses.contains(address);
    }

    /** The addresses by which this workload can be found; none for one that shares its node's. */
    public List<NetworkAddress> networkAddresses() {
        return networkMode == NetworkMode.HOST_NETWORK
                ? List.of()
                : addresses.stream().map(ip -> new NetworkAddress(network, ip)).toList();
    }

    /** Collects the parts of a {@link Workload}; not for sharing between threads. */
    public static final class Builder {
        private final WorkloadUid uid;
        private final String name;
        private final String namespace;
        private TrustDomain trustDomain = TrustDomain.CLUSTER_LOCAL;
        private String serviceAccount = "default";
        private List<IpAddress> addresses = List.of();
        private String hostname = "";
        private String network = "";
        private NetworkMode networkMode = NetworkMode.STANDARD;
        private String node = "";
        private String clusterId = "Kubernetes";
        private TunnelProtocol tunnelProtocol = TunnelProtocol.NONE;
        private boolean nativeTunnel;
        private ApplicationTunnel applicationTunnel = ApplicationTunnel.ABSENT;
        private CanonicalService canonical = new CanonicalService("", "");
        private String workloadName = "";
        private WorkloadType workloadType = WorkloadType.POD;
        private Locality locality = Locality.UNKNOWN;
        private Health health = Health.HEALTHY;
        private int capacity = 1;
        private Map<NamespacedHostname, PortMap> services = Map.of();
        private List<PolicyName> policies = List.of();
        private GatewayReference waypoint = GatewayReference.none();
        private GatewayReference networkGateway = GatewayReference.none();

        private Builder(WorkloadUid uid, String namespace, String name) {
            this.uid = uid;
            this.namespace = namespace;
            this.name = name;
        }

        private Builder(Workload from) {
            uid = from.uid;
            name = from.name;
            namespace = from.namespace;
            trustDomain = from.identity.trustDomain();
            serviceAccount = from.identity.serviceAccount();
            addresses = from.addresses;
            hostname = from.hostname;
            network = from.network;
            networkMode = from.networkMode;
            node = from.node;
            clusterId = from.clusterId;
            tunnelProtocol = from.tunnelProtocol;
            nativeTunnel = from.nativeTunnel;
            applicationTunnel = from.applicationTunnel;
            canonical = from.canonical;
            workloadName = from.workloadName;
            workloadType = from.workloadType;
            locality = from.locality;
            health = from.health;
            capacity = from.capacity;
            services = from.services;
            policies = from.policies;
            waypoint = from.waypoint;
            networkGateway = from.networkGateway;
        }

        public Builder trustDomain(TrustDomain value) {
            trustDomain = value;
            return this;
        }

        public Builder serviceAccount(String value) {
            serviceAccount = value;
            return this;
        }

        public Builder addresses(List<IpAddress> value) {
            addresses = value;
            return this;
        }

        public Builder hostname(String value) {
            hostname = value;
            return this;
        }

        public Builder network(String value) {
            network = value;
            return this;
        }

        public Builder networkMode(NetworkMode value) {
            networkMode = value;
            return this;
        }

        public Builder node(String value) {
            node = value;
            return this;
        }

        public Builder clusterId(String value) {
            clusterId = value;
            return this;
        }

        public Builder tunnelProtocol(TunnelProtocol value) {
            tunnelProtocol = value;
            return this;
        }

        public Builder nativeTunnel(boolean value) {
            nativeTunnel = value;
            return this;
        }

        public Builder applicationTunnel(ApplicationTunnel value) {
            applicationTunnel = value;
            return this;
        }

        public Builder canonical(CanonicalService value) {
            canonical = value;
            return this;
        }

        public Builder workloadName(String value) {
            workloadName = value;
            return this;
        }

        public Builder workloadType(WorkloadType value) {
            workloadType = value;
            return this;
        }

        public Builder locality(Locality value) {
            locality = value;
            return this;
        }

        public Builder health(Health value) {
            health = value;
            return this;
        }

        public Builder capacity(int value) {
            capacity = value;
            return this;
        }

        public Builder services(Map<NamespacedHostname, PortMap> value) {
            services = value;
            return this;
        }

        public Builder policies(List<PolicyName> value) {
            policies = value;
            return this;
        }

        public Builder waypoint(GatewayReference value) {
            waypoint = value;
            return this;
        }

        public Builder networkGateway(GatewayReference value) {
            networkGateway = value;
            return this;
        }

        public Workload build() {
            return new Workload(
                    uid,
                    name,
                    namespace,
                    new SpiffeId(trustDomain, namespace, serviceAccount),
                    addresses,
                    hostname,
                    network,
                    networkMode,
                    node,
                    clusterId,
                    tunnelProtocol,
                    nativeTunnel,
                    applicationTunnel,
                    canonical,
                    workloadName,
                    workloadType,
                    locality,
                    health,
                    capacity,
                    services,
                    policies,
                    waypoint,
                    networkGateway);
        }
    }
}
