package dev.ambit.adapters.xds.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.domain.identity.SpiffeId;
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
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.ApplicationTunnel;
import dev.ambit.domain.workload.CanonicalService;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.Health;
import dev.ambit.domain.workload.Locality;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadType;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LocalMeshTest {
    private static final String PLAIN = "{workloadIps: [10.0.0.1], namespace: a, name: w, services: {}";

    @Test
    void aWorkloadIsReadWhole() {
        var mesh = LocalMesh.read("""
                workloads:
                - uid: c1//v1/Pod/shop/cart-0
                  name: cart-0
                  namespace: shop
                  workloadIps: ["10.0.0.1", "2001:db8::1"]
                  trustDomain: td
                  serviceAccount: cart
                  protocol: HBONE
                  networkMode: HostNetwork
                  network: net1
                  workloadName: cart
                  workloadType: deployment
                  canonicalName: cart
                  canonicalRevision: v1
                  hostname: h.example
                  node: n1
                  nativeTunnel: true
                  applicationTunnel: {protocol: PROXY, port: 15088}
                  authorizationPolicies: [shop/deny]
                  status: Unhealthy
                  clusterId: c1
                  locality: {region: r, zone: z, subzone: s}
                  capacity: 0
                  waypoint: {destination: net1/10.0.0.9, hboneMtlsPort: 15008}
                  networkGateway: {destination: istio-system/gw.example, hboneMtlsPort: 15009}
                  services:
                    "shop/cart.example": {80: 8080, 81: 0}
                """);

        assertThat(mesh.changes())
                .containsExactly(new MeshChange.WorkloadUpserted(Workload.builder(
                                new WorkloadUid("c1//v1/Pod/shop/cart-0"), "shop", "cart-0")
                        .addresses(List.of(IpAddress.of("10.0.0.1"), IpAddress.of("2001:db8::1")))
                        .trustDomain(new TrustDomain("td"))
                        .serviceAccount("cart")
                        .tunnelProtocol(TunnelProtocol.HBONE)
                        .networkMode(NetworkMode.HOST_NETWORK)
                        .network("net1")
                        .workloadName("cart")
                        .workloadType(WorkloadType.DEPLOYMENT)
                        .canonical(new CanonicalService("cart", "v1"))
                        .hostname("h.example")
                        .node("n1")
                        .nativeTunnel(true)
                        .applicationTunnel(new ApplicationTunnel(ApplicationTunnel.Protocol.PROXY, 15_088))
                        .policies(List.of(new PolicyName("shop", "deny")))
                        .health(Health.UNHEALTHY)
                        .clusterId("c1")
                        .locality(new Locality("r", "z", "s"))
                        .capacity(0)
                        .waypoint(new GatewayReference.ByAddress(
                                new NetworkAddress("net1", IpAddress.of("10.0.0.9")), 15_008))
                        .networkGateway(new GatewayReference.ByHostname(
                                new NamespacedHostname("istio-system", "gw.example"), 15_009))
                        .services(Map.of(
                                new NamespacedHostname("shop", "cart.example"), new PortMap(Map.of(80, 8080, 81, 0))))
                        .build()));
    }

    @Test
    void whatIsLeftOutGetsNoDefaultOfTheWire() {
        var mesh = LocalMesh.read("workloads: [" + PLAIN + "}]");

        Workload workload = ((MeshChange.WorkloadUpserted) mesh.changes().getFirst()).workload();
        assertThat(workload.identity().toString()).isEqualTo("spiffe://(unset)/ns/a/sa/(unset)");
        assertThat(workload.clusterId()).isEmpty();
        assertThat(workload.capacity()).isEqualTo(1);
        assertThat(workload.uid().value()).isEqualTo("local//Pod/a/w");
        assertThat(mesh.withoutIdentity()).containsExactly(workload.uid());
    }

    @Test
    void aServiceIsReadWholeAndItsEndpointsJoinThoseThatWorkloadsClaim() {
        var mesh = LocalMesh.read("""
                services:
                - name: cart
                  namespace: shop
                  hostname: cart.example
                  vips: [/10.1.0.1, net/10.1.0.2]
                  cidrVips: [{network: "", cidr: 10.2.0.0/24}]
                  ports: {80: 8080, 81: 0}
                  subjectAltNames: ["spiffe://td/ns/a/sa/b"]
                  waypoint: {destination: shop/wp.example, hboneMtlsPort: 15008}
                  weightedWaypoints: [{destination: {destination: /10.0.0.9, hboneMtlsPort: 1}, weight: 7}]
                  loadBalancer: {routingPreferences: [Region, Network], mode: Failover, healthPolicy: AllowAll}
                  ipFamilies: IPv4
                  canonical: true
                  visibility: Namespace
                  endpoints:
                    any: {workloadUid: local//Pod/a/w, port: {80: 9090}, status: Healthy}
                workloads:
                - %s}
                """.formatted(PLAIN));

        MeshView view = MeshView.EMPTY.apply(mesh.changes());
        var key = new NamespacedHostname("shop", "cart.example");
        MeshService service = view.service(key).orElseThrow();
        assertThat(service)
                .isEqualTo(new MeshService(
                        key,
                        "cart",
                        List.of(
                                new VirtualAddress("", Cidr.host(IpAddress.of("10.1.0.1"))),
                                new VirtualAddress("net", Cidr.host(IpAddress.of("10.1.0.2"))),
                                new VirtualAddress("", Cidr.parse("10.2.0.0/24").orElseThrow())),
                        List.of(
                                new ServicePort(80, 8080, AppProtocol.UNKNOWN),
                                new ServicePort(81, 0, AppProtocol.UNKNOWN)),
                        List.of("spiffe://td/ns/a/sa/b"),
                        new GatewayReference.ByHostname(new NamespacedHostname("shop", "wp.example"), 15_008),
                        List.of(new WeightedWaypoint(
                                new GatewayReference.ByAddress(new NetworkAddress("", IpAddress.of("10.0.0.9")), 1),
                                7)),
                        new LoadBalancing(
                                List.of(LoadBalancing.Scope.REGION, LoadBalancing.Scope.NETWORK),
                                LoadBalancing.Mode.FAILOVER,
                                LoadBalancing.HealthPolicy.ALLOW_ALL),
                        IpFamilies.IPV4_ONLY,
                        true,
                        false,
                        Visibility.NAMESPACE));
        assertThat(view.endpoints(service))
                .singleElement()
                .satisfies(
                        endpoint -> assertThat(endpoint.services().get(key)).isEqualTo(new PortMap(Map.of(80, 9090))));
    }

    @Test
    void aPolicyIsReadWholeAndComesBeforeWhatItProtects() {
        var mesh = LocalMesh.read("""
                workloads: [%s}]
                policies:
                - name: p
                  namespace: shop
                  scope: WorkloadSelector
                  action: Deny
                  dryRun: true
                  rules:
                  - - - namespaces: [{Exact: a}, {Prefix: b}, {Suffix: c}, {Presence: []}]
                        notPrincipals: [{Exact: td/ns/a/sa/b}]
                        serviceAccounts: [{namespace: a, serviceAccount: b}]
                        sourceIps: [10.0.0.0/8]
                        notDestinationIps: [10.0.0.1/32]
                        notDestinationPorts: [9999]
                """.formatted(PLAIN));

        var match = new Match(
                new Match.Strings(
                        List.of(
                                new StringMatch.Exact("a"),
                                new StringMatch.Prefix("b"),
                                new StringMatch.Suffix("c"),
                                new StringMatch.Presence()),
                        List.of()),
                new Match.Strings(List.of(), List.of(new StringMatch.Exact("td/ns/a/sa/b"))),
                new Match.Blocks(List.of(Cidr.parse("10.0.0.0/8").orElseThrow()), List.of()),
                new Match.Blocks(List.of(), List.of(Cidr.parse("10.0.0.1/32").orElseThrow())),
                new Match.PortSet(Set.of(), Set.of(9999)),
                new Match.Accounts(List.of(new ServiceAccountMatch("a", "b")), List.of()));
        var rule = new AuthorizationPolicy.Rule(List.of(new AuthorizationPolicy.Clause(List.of(match))));
        assertThat(mesh.changes().getFirst())
                .isEqualTo(new MeshChange.PolicyUpserted(new AuthorizationPolicy(
                        new PolicyName("shop", "p"),
                        AuthorizationPolicy.Scope.WORKLOAD_SELECTOR,
                        AuthorizationPolicy.Action.DENY,
                        true,
                        List.of(rule))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "workloads:\npolicies: []\nservices:\n", "# nothing"})
    void nothingIsAnEmptyMesh(String yaml) {
        assertThat(LocalMesh.read(yaml).changes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "workload: []|line 1: .*unknown key 'workload'; there are policies, services, workloads",
                "[]|line 1: the document must be a mapping",
                "workloads: [PLAIN, ip: x}]|line 1: workloads\\[0] has an unknown key 'ip'.*",
                "workloads: [{namespace: a, services: {}}]|line 1: workloads\\[0].workloadIps must be set.*",
                "workloads: [{namespace: a, workloadIps: []}]|line 1: workloads\\[0].services must be set.*",
                "workloads: [PLAIN, protocol: hbone}]|.*protocol is 'hbone'; choose HBONE or TCP",
                "workloads: [PLAIN, capacity: -1}]|.*capacity must be a whole number.*",
                "workloads: [PLAIN, canonicalRevision: 1}]|.*canonicalRevision must be text; put it in quotes",
                "workloads: [PLAIN, waypoint: {destination: x}}]|.*waypoint.destination is 'x'; it must be network/ip.*",
                "workloads: [PLAIN, trustDomain: a/b}]|.*trustDomain is 'a/b'.*",
                "workloads: [PLAIN}, PLAIN}]|.*workloads\\[1] has uid 'local//Pod/a/w', which is there already",
                "workloads: [{namespace: a, workloadIps: [x], services: {}}]|.*workloadIps\\[0] is 'x'.*address",
                "services: [{name: s, namespace: a, hostname: h, vips: [10.0.0.1], ports: {}}]|.*vips\\[0] is '10.0.0.1'.*",
                "services: [{name: s, namespace: a, hostname: h, vips: [], ports: {x: 1}}]|.*key 'x' that is no port",
                "policies: [{name: p, namespace: a, scope: Global, action: Allow, rules: []}]|.*dryRun must be true or false",
                "policies: [{name: p, namespace: a, scope: Global, action: Allow, dryRun: false, rules: [[[{ports: []}]]]}]|.*unknown key 'ports'.*",
                "policies: [{name: p, namespace: a, scope: Global, action: Allow, dryRun: false, rules: [[[{namespaces: [{exact: a}]}]]]}]|.*unknown key 'exact'.*",
                "a: 1\\na: 2|line 2: key 'a' is there twice",
                "a: *b|line 1: alias b has no anchor.*",
                "a: !!java x|line 1: tag .* is not supported",
                "a: {|.*not YAML.*",
                "---\\n{}\\n---\\n{}|line 3: there may be one document only"
            })
    void whatCannotBeUnderstoodIsRefusedWithItsPlace(String yaml, String told) {
        assertThatThrownBy(() -> LocalMesh.read(yaml.replace("PLAIN", PLAIN).replace("\\n", "\n")))
                .isInstanceOf(LocalMeshException.class)
                .message()
                .matches(told);
    }

    @Test
    void nestingAndAliasesAreBounded() {
        assertThatThrownBy(() -> LocalMesh.read("[".repeat(100_000))).hasMessageContaining("nested more than");
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            bomb.append("a%d: &a%d [".formatted(i, i))
                    .repeat("*a%d, ".formatted(i - 1), 9)
                    .append("*a%d]\n".formatted(i - 1));
        }
        assertThatThrownBy(() -> LocalMesh.read(bomb.toString())).hasMessageContaining("values, aliases followed");
    }

    @Test
    void whateverIsWrittenIsReadOrRefused() {
        String sound = """
                workloads:
                - {uid: a, name: w, namespace: a, workloadIps: ["10.0.0.1"], services: {"a/b": {80: 8080}}}
                policies:
                - {name: p, namespace: a, scope: Global, action: Deny, dryRun: false, rules: [[[{namespaces: [{Exact: x}]}]]]}
                services:
                - {name: s, namespace: a, hostname: b, vips: [/10.1.0.1], ports: {80: 0}}
                """;
        var random = new Random(11);
        String odd = "{}[]:,-#&*!|>'\"%@`\t\n \0~0a\u2028\ud800";
        for (int round = 0; round < 3_000; round++) {
            var text = new StringBuilder(sound);
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, odd.charAt(random.nextInt(odd.length())));
                    default -> text.setCharAt(at, odd.charAt(random.nextInt(odd.length())));
                }
            }
            try {
                assertThat(LocalMesh.read(text.toString()).changes()).hasSizeLessThanOrEqualTo(3);
            } catch (LocalMeshException refused) {
                assertThat(refused).hasMessageNotContaining("\n");
            }
        }
    }

    /** Istio's ztunnel reads nothing but the tag in YAML, and writes the key in JSON. */
    @Test
    void aVariantIsATagOrAKey() {
        String keys = """
                policies:
                - {name: p, namespace: a, scope: Global, action: Deny, dryRun: false,
                   rules: [[[{namespaces: [{Exact: x}, {Presence: []}]}]]]}
                """;
        String tags = keys.replace("{Exact: x}", "!Exact x").replace("{Presence: []}", "!Presence []");

        assertThat(LocalMesh.read(tags).changes())
                .isEqualTo(LocalMesh.read(keys).changes())
                .hasSize(1);
    }

    /** The case of Istio's local client: a machine that is a pod of its own, and its services, one of them in another network. */
    @Test
    void aMachineByItselfIsServedByItsFile() {
        var view = MeshView.EMPTY.apply(LocalMesh.read("""
                workloads:
                - uid: c1//v1/Pod/lab/bench
                  name: bench
                  namespace: lab
                  serviceAccount: tester
                  trustDomain: cluster.local
                  workloadIps: ["127.0.0.1"]
                  protocol: HBONE
                  services:
                    lab/near.example: {80: 8080}
                    lab/far.example: {80: 8080}
                services:
                - name: near
                  namespace: lab
                  hostname: near.example
                  vips: [/127.10.0.1]
                  ports: {80: 8080}
                  subjectAltNames: ["spiffe://cluster.local/ns/lab/sa/shown"]
                - name: far
                  namespace: lab
                  hostname: far.example
                  vips: [remote/127.10.0.2]
                  ports: {80: 8080}
                """).changes());
        var bench = new PodRef("uid", "lab", "bench", "tester");
        var attempt = new OutboundAttempt(bench, IpPort.of("127.0.0.1", 40_000), IpPort.of("127.10.0.1", 80));

        var plan = new OutboundPlanner("", new Random(1)).plan(view, attempt);

        assertThat(plan).isInstanceOfSatisfying(OutboundPlan.Tunnel.class, tunnel -> {
            assertThat(tunnel.authority()).isEqualTo("127.0.0.1:8080");
            assertThat(tunnel.expected()).contains(SpiffeId.of("spiffe://cluster.local/ns/lab/sa/shown"));
        });
        MeshService far =
                view.service(new NamespacedHostname("lab", "far.example")).orElseThrow();
        assertThat(view.endpoints(far)).extracting(Workload::name).containsExactly("bench");
        assertThat(view.endpoints(far).getFirst().services()).containsEntry(far.key(), new PortMap(Map.of(80, 8080)));
    }
}
