package dev.ambit.domain.view;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.workload.CanonicalService;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Builds small meshes for tests: pods in namespace {@code shop}, services under {@code shop.svc.cluster.local}. */
public final class TestMesh {
    public static final String NAMESPACE = "shop";

    private final List<MeshChange> changes = new ArrayList<>();

    /** A pod in the mesh, at one address. */
    public static Workload.Builder pod(String name, String ip) {
        return Workload.builder(WorkloadUid.ofPod("Kubernetes", NAMESPACE, name), NAMESPACE, name)
                .serviceAccount(name)
                .addresses(List.of(IpAddress.of(ip)))
                .workloadName(name + "-deployment")
                .canonical(new CanonicalService(name + "-app", "v1"))
                .tunnelProtocol(TunnelProtocol.HBONE);
    }

    /** A service with port 80, at each of these addresses; target port 8080. */
    public static MeshService service(String name, String... vips) {
        var addresses = new ArrayList<VirtualAddress>();
        for (String vip : vips) {
            addresses.add(new VirtualAddress("", Cidr.parse(vip).orElseThrow()));
        }
        return MeshService.plain(key(name), name, addresses, List.of(new ServicePort(80, 8080, AppProtocol.UNKNOWN)));
    }

    /** A service that terminates tunnels: port 15008 and nothing else. */
    public static MeshService waypointService(String name, String... vips) {
        MeshService plain = service(name, vips);
        var hbone = new ServicePort(15_008, 15_008, AppProtocol.UNKNOWN);
        return MeshService.plain(plain.key(), name, plain.addresses(), List.of(hbone));
    }

    public static NamespacedHostname key(String name) {
        return new NamespacedHostname(NAMESPACE, name + "." + NAMESPACE + ".svc.cluster.local");
    }

    /** Backs the services without saying anything about ports. */
    public static Map<NamespacedHostname, PortMap> backing(String... names) {
        var services = new HashMap<NamespacedHostname, PortMap>();
        for (String name : names) {
            services.put(key(name), new PortMap(Map.of()));
        }
        return services;
    }

    public static GatewayReference gateway(String name) {
        return new GatewayReference.ByHostname(key(name), 15_008);
    }

    public static GatewayReference gatewayAt(String ip) {
        return new GatewayReference.ByAddress(new NetworkAddress("", IpAddress.of(ip)), 15_008);
    }

    public static AuthorizationPolicy denyAll(String name) {
        return new AuthorizationPolicy(
                new PolicyName(NAMESPACE, name),
                AuthorizationPolicy.Scope.NAMESPACE,
                AuthorizationPolicy.Action.DENY,
                false,
                List.of(new AuthorizationPolicy.Rule(List.of())));
    }

    public static PodRef ref(String name) {
        return new PodRef("uid-of-" + name, NAMESPACE, name, name);
    }

    /** A connection from the pod called {@code client} at 10.0.0.1. */
    public static OutboundAttempt dial(String ip, int port) {
        return new OutboundAttempt(ref("client"), IpPort.of("10.0.0.1", 40_000), IpPort.of(ip, port));
    }

    public TestMesh with(Workload.Builder workload) {
        changes.add(new MeshChange.WorkloadUpserted(workload.build()));
        return this;
    }

    public TestMesh with(MeshService service) {
        changes.add(new MeshChange.ServiceUpserted(service));
        return this;
    }

    public TestMesh with(AuthorizationPolicy policy) {
        changes.add(new MeshChange.PolicyUpserted(policy));
        return this;
    }

    public MeshView view() {
        return MeshView.EMPTY.apply(changes);
    }
}
