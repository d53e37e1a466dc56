package dev.ambit.adapters.xds.wire;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.Match;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.policy.ServiceAccountMatch;
import dev.ambit.domain.policy.StringMatch;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.LoadBalancing;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.service.Visibility;
import dev.ambit.domain.service.WeightedWaypoint;
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
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Every kind of thing that goes over the wire. */
final class WireArbitraries {
    static final Arbitrary<String> NAMES = Arbitraries.strings()
            .withCharRange('a', 'z')
            .numeric()
            .ofMinLength(1)
            .ofMaxLength(8);

    private static final Arbitrary<Integer> PORTS = Arbitraries.integers().between(1, 65_535);

    static final Arbitrary<IpAddress> IPS = Arbitraries.oneOf(
            Arbitraries.bytes()
                    .array(byte[].class)
                    .ofSize(4)
                    .map(bytes -> IpAddress.ofBytes(bytes).orElseThrow()),
            Arbitraries.bytes()
                    .array(byte[].class)
                    .ofSize(16)
                    .map(bytes -> IpAddress.ofBytes(bytes).orElseThrow()));

    private static final Arbitrary<Cidr> BLOCKS = IPS.flatMap(
            ip -> Arbitraries.integers().between(0, ip.family().bits()).map(length -> new Cidr(ip, length)));

    private static final Arbitrary<NamespacedHostname> HOSTNAMES =
            Combinators.combine(NAMES, NAMES).as(NamespacedHostname::new);

    private static final Arbitrary<GatewayReference> PRESENT_GATEWAYS = Arbitraries.oneOf(
            Combinators.combine(HOSTNAMES, PORTS).as(GatewayReference.ByHostname::new),
            Combinators.combine(NAMES, IPS, PORTS)
                    .as((network, ip, port) -> new GatewayReference.ByAddress(new NetworkAddress(network, ip), port)));

    private static final Arbitrary<GatewayReference> GATEWAYS =
            Arbitraries.oneOf(Arbitraries.create(GatewayReference::none), PRESENT_GATEWAYS);

    static Arbitrary<Workload> workloads() {
        Arbitrary<Workload.Builder> named = Combinators.combine(NAMES, NAMES, NAMES, NAMES)
                .as((uid, namespace, name, account) ->
                        Workload.builder(new WorkloadUid(uid), namespace, name).serviceAccount(account));
        Arbitrary<Workload.Builder> placed = Combinators.combine(
                        named,
                        IPS.list().ofMaxSize(3),
                        NAMES,
                        Arbitraries.of(NetworkMode.values()),
                        NAMES,
                        Arbitraries.of("cluster.local", "example.org"),
                        Arbitraries.of(Locality.UNKNOWN, new Locality("r", "z", "")))
                .as((builder, ips, network, mode, node, domain, locality) -> builder.addresses(ips)
                        .network(network)
                        .networkMode(mode)
                        .node(node)
                        .clusterId(node)
                        .hostname(network)
                        .trustDomain(new TrustDomain(domain))
                        .locality(locality));
        Arbitrary<Workload.Builder> tunnelled = Combinators.combine(
                        placed,
                        Arbitraries.of(TunnelProtocol.values()),
                        Arbitraries.of(true, false),
                        Arbitraries.of(
                                ApplicationTunnel.ABSENT,
                                new ApplicationTunnel(ApplicationTunnel.Protocol.NONE, 0),
                                new ApplicationTunnel(ApplicationTunnel.Protocol.PROXY, 15088)),
                        GATEWAYS,
                        GATEWAYS)
                .as((builder, protocol, nativeTunnel, tunnel, waypoint, gateway) -> builder.tunnelProtocol(protocol)
                        .nativeTunnel(nativeTunnel)
                        .applicationTunnel(tunnel)
                        .waypoint(waypoint)
                        .networkGateway(gateway));
        return Combinators.combine(
                        tunnelled,
                        Arbitraries.of(WorkloadType.values()),
                        Arbitraries.of(Health.values()),
                        Arbitraries.integers().between(0, Integer.MAX_VALUE),
                        Arbitraries.maps(
                                        HOSTNAMES,
                                        Arbitraries.maps(PORTS, PORTS)
                                                .ofMaxSize(4)
                                                .map(PortMap::new))
                                .ofMaxSize(3),
                        Combinators.combine(NAMES, NAMES)
                                .as(PolicyName::new)
                                .list()
                                .ofMaxSize(3),
                        NAMES)
                .as((builder, type, health, capacity, services, policies, name) -> builder.workloadType(type)
                        .health(health)
                        .capacity(capacity)
                        .services(services)
                        .policies(policies)
                        .workloadName(name)
                        .canonical(new CanonicalService(name, "v1"))
                        .build());
    }

    static Arbitrary<MeshService> services() {
        Arbitrary<VirtualAddress> addresses = Combinators.combine(NAMES, BLOCKS).as(VirtualAddress::new);
        Arbitrary<ServicePort> ports = Combinators.combine(
                        PORTS, Arbitraries.integers().between(0, 65_535), Arbitraries.of(AppProtocol.values()))
                .as(ServicePort::new);
        Arbitrary<LoadBalancing> balancing = Combinators.combine(
                        Arbitraries.of(LoadBalancing.Scope.values()).list().ofMaxSize(3),
                        Arbitraries.of(LoadBalancing.Mode.values()),
                        Arbitraries.of(LoadBalancing.HealthPolicy.values()))
                .as(LoadBalancing::new);
        Arbitrary<WeightedWaypoint> weighted = Combinators.combine(
                        PRESENT_GATEWAYS, Arbitraries.integers().between(0, 100))
                .as(WeightedWaypoint::new);
        return Combinators.combine(
                        HOSTNAMES,
                        addresses.list().ofMaxSize(3),
                        ports.list().ofMaxSize(3),
                        GATEWAYS,
                        weighted.list().ofMaxSize(2),
                        balancing,
                        Arbitraries.of(IpFamilies.values()),
                        Arbitraries.of(Visibility.values()))
                .as((key, vips, servicePorts, waypoint, waypoints, lb, families, visibility) -> new MeshService(
                        key,
                        key.hostname(),
                        vips,
                        servicePorts,
                        List.of("spiffe://cluster.local/ns/a/sa/b"),
                        waypoint,
                        waypoints,
                        lb,
                        families,
                        visibility == Visibility.PUBLIC,
                        families == IpFamilies.DUAL,
                        visibility));
    }

    static Arbitrary<AuthorizationPolicy> policies() {
        Arbitrary<StringMatch> strings = Arbitraries.oneOf(
                NAMES.map(StringMatch.Exact::new),
                NAMES.map(StringMatch.Prefix::new),
                NAMES.map(StringMatch.Suffix::new),
                Arbitraries.create(StringMatch.Presence::new));
        Arbitrary<Match.Strings> stringLists = Combinators.combine(
                        strings.list().ofMaxSize(2), strings.list().ofMaxSize(2))
                .as(Match.Strings::new);
        Arbitrary<Match.Blocks> blockLists = Combinators.combine(
                        BLOCKS.list().ofMaxSize(2), BLOCKS.list().ofMaxSize(2))
                .as(Match.Blocks::new);
        Arbitrary<Match.PortSet> portSets = Combinators.combine(
                        PORTS.set().ofMaxSize(3), PORTS.set().ofMaxSize(3))
                .as(Match.PortSet::new);
        Arbitrary<ServiceAccountMatch> accounts =
                Combinators.combine(NAMES, NAMES).as(ServiceAccountMatch::new);
        Arbitrary<Match.Accounts> accountLists = Combinators.combine(
                        accounts.list().ofMaxSize(2), accounts.list().ofMaxSize(2))
                .as(Match.Accounts::new);
        Arbitrary<Match> matches = Combinators.combine(
                        stringLists, stringLists, blockLists, blockLists, portSets, accountLists)
                .as(Match::new);
        Arbitrary<AuthorizationPolicy.Rule> rules = matches.list()
                .ofMaxSize(2)
                .map(AuthorizationPolicy.Clause::new)
                .list()
                .ofMaxSize(2)
                .map(AuthorizationPolicy.Rule::new);
        return Combinators.combine(
                        Combinators.combine(NAMES, NAMES).as(PolicyName::new),
                        Arbitraries.of(AuthorizationPolicy.Scope.values()),
                        Arbitraries.of(AuthorizationPolicy.Action.values()),
                        Arbitraries.of(true, false),
                        rules.list().ofMaxSize(2))
                .as(AuthorizationPolicy::new);
    }

    private WireArbitraries() {}
}
