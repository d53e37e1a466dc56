package dev.ambit.domain.view;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.Match;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.LoadBalancing;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.service.Visibility;
import dev.ambit.domain.service.WeightedWaypoint;
import dev.ambit.domain.workload.ApplicationTunnel;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.Health;
import dev.ambit.domain.workload.Locality;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** Changes and questions from a world so small that they meet often. */
public final class RandomMesh {
    private static final String[] IPS = {"10.0.0.1", "10.0.0.2", "10.0.1.1", "10.1.0.1", "fd00::1", "fd00::2", "fd01::1"
    };
    private static final int[] V4_LENGTHS = {0, 8, 16, 24, 31, 32};
    private static final int[] V6_LENGTHS = {0, 16, 64, 65, 127, 128};

    private final Random random;

    public RandomMesh(long seed) {
        random = new Random(seed);
    }

    public Random random() {
        return random;
    }

    public List<MeshChange> changes(int count) {
        var changes = new ArrayList<MeshChange>();
        for (int i = 0; i < count; i++) {
            changes.add(change());
        }
        return changes;
    }

    private MeshChange change() {
        return switch (random.nextInt(10)) {
            case 0 -> new MeshChange.WorkloadRemoved(uid(namespace(), name()));
            case 1 -> new MeshChange.ServiceRemoved(key());
            case 2 -> new MeshChange.PolicyRemoved(policyName());
            case 3 -> new MeshChange.PolicyUpserted(policy());
            case 4, 5 -> new MeshChange.ServiceUpserted(service());
            default -> new MeshChange.WorkloadUpserted(workload());
        };
    }

    public String namespace() {
        return of("shop", "bank");
    }

    public String name() {
        return of("a", "b", "c");
    }

    public String network() {
        return of("", "", "far");
    }

    public IpAddress ip() {
        return IpAddress.of(of(IPS));
    }

    public NamespacedHostname key() {
        return new NamespacedHostname(namespace(), of("one.mesh", "two.mesh"));
    }

    public PodRef pod() {
        return new PodRef("any", namespace(), name(), of("default", "robot"));
    }

    public int port() {
        return Integer.parseInt(of("80", "8080", "9090", "15008", "15001"));
    }

    private WorkloadUid uid(String namespace, String name) {
        return new WorkloadUid("Kubernetes/" + of("/Pod", "networking/WorkloadEntry") + "/" + namespace + "/" + name);
    }

    private PolicyName policyName() {
        return new PolicyName(namespace(), of("p", "q", "r"));
    }

    private Workload workload() {
        String namespace = namespace();
        String name = name();
        return Workload.builder(uid(namespace, name), namespace, name)
                .serviceAccount(of("default", "robot"))
                .addresses(list(2, this::ip))
                .hostname(of("", "one.mesh", "elsewhere"))
                .network(network())
                .networkMode(pick(NetworkMode.STANDARD, NetworkMode.STANDARD, NetworkMode.HOST_NETWORK))
                .node(of("", "node1", "node2"))
                .tunnelProtocol(pick(TunnelProtocol.values()))
                .nativeTunnel(random.nextInt(5) == 0)
                .applicationTunnel(new ApplicationTunnel(
                        pick(
                                ApplicationTunnel.Protocol.ABSENT,
                                ApplicationTunnel.Protocol.ABSENT,
                                ApplicationTunnel.Protocol.NONE,
                                ApplicationTunnel.Protocol.PROXY),
                        pick(0, 15_088)))
                .locality(new Locality(of("eu", "us"), of("a", "b"), ""))
                .health(pick(Health.values()))
                .capacity(random.nextInt(3))
                .services(served())
                .policies(list(2, this::policyName))
                .waypoint(gateway())
                .networkGateway(gateway())
                .build();
    }

    private Map<NamespacedHostname, PortMap> served() {
        var services = new HashMap<NamespacedHostname, PortMap>();
        for (NamespacedHostname key : list(2, this::key)) {
            services.put(key, new PortMap(random.nextBoolean() ? Map.of() : Map.of(80, port())));
        }
        return services;
    }

    private GatewayReference gateway() {
        return switch (random.nextInt(6)) {
            case 0 -> new GatewayReference.ByHostname(key(), 15_008);
            case 1 -> new GatewayReference.ByAddress(new NetworkAddress(network(), ip()), 15_008);
            default -> GatewayReference.none();
        };
    }

    private MeshService service() {
        var preference = list(3, () -> pick(LoadBalancing.Scope.values()));
        return new MeshService(
                key(),
                "service",
                list(3, this::virtualAddress),
                List.of(new ServicePort(80, pick(0, 8080), AppProtocol.UNKNOWN)),
                list(2, () -> of("spiffe://cluster.local/ns/x/sa/y", "garbage")),
                gateway(),
                list(2, () -> new WeightedWaypoint(gateway(), random.nextInt(3) - 1)),
                new LoadBalancing(
                        preference, pick(LoadBalancing.Mode.values()), pick(LoadBalancing.HealthPolicy.values())),
                pick(IpFamilies.values()),
                random.nextBoolean(),
                false,
                pick(Visibility.values()));
    }

    private VirtualAddress virtualAddress() {
        IpAddress ip = ip();
        int[] lengths = ip.isV4() ? V4_LENGTHS : V6_LENGTHS;
        int length = random.nextBoolean() ? ip.family().bits() : lengths[random.nextInt(lengths.length)];
        return new VirtualAddress(network(), new Cidr(ip, length));
    }

    private AuthorizationPolicy policy() {
        Match match = Match.EMPTY.withDestinationPorts(new Match.PortSet(Set.of(port()), Set.of()));
        return new AuthorizationPolicy(
                policyName(),
                pick(AuthorizationPolicy.Scope.values()),
                pick(AuthorizationPolicy.Action.values()),
                random.nextInt(4) == 0,
                List.of(new AuthorizationPolicy.Rule(List.of(new AuthorizationPolicy.Clause(List.of(match))))));
    }

    public <T> List<T> list(int max, Supplier<T> one) {
        var list = new ArrayList<T>();
        int count = random.nextInt(max + 1);
        for (int i = 0; i < count; i++) {
            list.add(one.get());
        }
        return list;
    }

    public String of(String... options) {
        return pick(options);
    }

    @SafeVarargs
    private <T> T pick(T... options) {
        return options[random.nextInt(options.length)];
    }
}
