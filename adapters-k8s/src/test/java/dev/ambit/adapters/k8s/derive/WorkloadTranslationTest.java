package dev.ambit.adapters.k8s.derive;

import static dev.ambit.adapters.k8s.derive.Manifests.derive;
import static dev.ambit.adapters.k8s.derive.Manifests.messages;
import static dev.ambit.adapters.k8s.derive.Manifests.namespace;
import static dev.ambit.adapters.k8s.derive.Manifests.node;
import static dev.ambit.adapters.k8s.derive.Manifests.pod;
import static dev.ambit.adapters.k8s.derive.Manifests.service;
import static dev.ambit.adapters.k8s.derive.Manifests.slice;
import static dev.ambit.adapters.k8s.derive.Manifests.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.workload.CanonicalService;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.Health;
import dev.ambit.domain.workload.Locality;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class WorkloadTranslationTest {
    private static final NamespacedHostname CART = new NamespacedHostname("shop", "cart.shop.svc.cluster.local");

    @Test
    void aPlainPodIsOutsideTheMeshWithIstiosDefaults() {
        Workload cart = workload(pod("uid: 'u-1'"));

        assertThat(cart.uid().value()).isEqualTo("Kubernetes//Pod/shop/cart");
        assertThat(cart.identity()).isEqualTo(SpiffeId.of("spiffe://cluster.local/ns/shop/sa/default"));
        assertThat(cart.addresses()).containsExactly(IpAddress.of("10.0.0.1"));
        assertThat(cart.node()).isEqualTo("node-a");
        assertThat(cart.tunnelProtocol()).isEqualTo(TunnelProtocol.NONE);
        assertThat(cart.networkMode()).isEqualTo(NetworkMode.STANDARD);
        assertThat(cart.health()).isEqualTo(Health.HEALTHY);
        assertThat(cart.canonical()).isEqualTo(new CanonicalService("cart", "latest"));
        assertThat(cart.workloadName()).isEqualTo("cart");
        assertThat(cart.waypoint()).isEqualTo(GatewayReference.none());
    }

    @Test
    void optionsNameClusterTrustDomainAndNetwork() {
        var options = new DerivationOptions(new TrustDomain("corp"), "east", "corp.local", "net1", "mesh");

        var state = derive(options, pod("uid: 'u'"), service("selector: {}, ports: [{port: 80}]"))
                .state();

        Workload cart = state.workloads().values().iterator().next();
        assertThat(cart.uid().value()).isEqualTo("east//Pod/shop/cart");
        assertThat(cart.clusterId()).isEqualTo("east");
        assertThat(cart.identity().trustDomain().name()).isEqualTo("corp");
        assertThat(cart.network()).isEqualTo("net1");
        assertThat(state.services()).containsOnlyKeys(new NamespacedHostname("shop", "cart.shop.svc.corp.local"));
    }

    @Test
    void theNetworkIsTheRootNamespacesLabelUnlessConfigured() {
        var root = namespace("istio-system", "labels: {'topology.istio.io/network': 'n2'}");

        assertThat(workload(root, pod("uid: 'u'")).network()).isEqualTo("n2");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            annotations: {'ambient.istio.io/redirection': 'enabled'} | HBONE | false
            annotations: {'ambient.istio.io/redirection': 'pending'} | NONE  | false
            labels: {'networking.istio.io/tunnel': 'http'}           | HBONE | true
            labels: {'networking.istio.io/tunnel': 'grpc'}           | NONE  | false
            """, delimiter = '|', quoteCharacter = '"')
    void tunnelProtocolComesFromAnnotationOrLabel(String metadata, TunnelProtocol protocol, boolean nativeTunnel) {
        Workload cart = workload(pod(metadata));

        assertThat(cart.tunnelProtocol()).isEqualTo(protocol);
        assertThat(cart.nativeTunnel()).isEqualTo(nativeTunnel);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            podIP: '10.0.0.1'                                                                    | HEALTHY
            podIP: '10.0.0.1', phase: 'Running'                                                  | HEALTHY
            podIP: '10.0.0.1', phase: 'Pending'                                                  | UNHEALTHY
            podIP: '10.0.0.1', conditions: [{type: 'Ready', status: 'True'}]                     | HEALTHY
            podIP: '10.0.0.1', conditions: [{type: 'Ready', status: 'False'}]                    | UNHEALTHY
            podIP: '10.0.0.1', phase: 'Running', conditions: [{type: 'Other', status: 'True'}]   | UNHEALTHY
            """, delimiter = '|', quoteCharacter = '"')
    void healthIsReadiness(String status, Health health) {
        assertThat(workload(pod("uid: 'u'", "nodeName: 'n'", status)).health()).isEqualTo(health);
    }

    @Test
    void aPodThatIsBeingDeletedIsUnhealthy() {
        assertThat(workload(pod("deletionTimestamp: '2026-01-01T00:00:00Z'")).health())
                .isEqualTo(Health.UNHEALTHY);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            phase: 'Succeeded', podIP: '10.0.0.1' | 0 | 0
            phase: 'Failed', podIP: '10.0.0.1'    | 0 | 0
            phase: 'Pending'                      | 0 | 1
            phase: 'Pending', podIP: '10.0.0.1'   | 1 | 1
            """, delimiter = '|', quoteCharacter = '"')
    void onlyLivePodsWithAnAddressAreWorkloadsAndOnlyLiveOnesAreRecorded(String status, int workloads, int records) {
        var state = derive(pod("uid: 'u'", "nodeName: 'n'", status)).state();

        assertThat(state.workloads()).hasSize(workloads);
        assertThat(state.pods()).hasSize(records);
    }

    @Test
    void podIpsWinOverPodIp() {
        Workload cart = workload(pod("uid: 'u'", "", "podIP: '10.0.0.9', podIPs: [{ip: '10.0.0.1'}, {ip: 'fd00::1'}]"));

        assertThat(cart.addresses()).containsExactly(IpAddress.of("10.0.0.1"), IpAddress.of("fd00::1"));
    }

    @Test
    void recordsKeepTheUidAndInventAStableOne() {
        PodRecord written = record(pod("uid: 'u-7'", "serviceAccountName: 'till', nodeName: 'n'", ""));
        PodRecord invented = record(pod("labels: {}"));

        assertThat(written.ref().uid()).isEqualTo("u-7");
        assertThat(written.identity().serviceAccount()).isEqualTo("till");
        assertThat(written.node()).isEqualTo("n");
        assertThat(invented).isEqualTo(record(pod("labels: {}")));
        assertThat(invented.ref().uid()).hasSize(36);
    }

    private static PodRecord record(Pod pod) {
        return derive(pod).state().pods().values().iterator().next();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            labels: {app: 'a'}                                                               | a  | latest
            labels: {app: 'a', 'app.kubernetes.io/name': 'b', version: 'v1'}                 | b  | v1
            labels: {'service.istio.io/canonical-name': 'c', 'app.kubernetes.io/name': 'b'}  | c  | latest
            labels: {version: 'v1', 'app.kubernetes.io/version': 'v2'}                       | cart | v2
            labels: {'service.istio.io/canonical-revision': 'v3', version: 'v1'}             | cart | v3
            """, delimiter = '|', quoteCharacter = '"')
    void canonicalNameAndRevision(String metadata, String name, String revision) {
        assertThat(workload(pod(metadata)).canonical()).isEqualTo(new CanonicalService(name, revision));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            ReplicaSet  | web-5d9c        | pod-template-hash: '5d9c' | web
            ReplicaSet  | web-5d9c        | app: 'x'                  | web-5d9c
            StatefulSet | db              | app: 'x'                  | db
            Job         | report-28123456 | app: 'x'                  | report
            Job         | once            | app: 'x'                  | once
            ReplicaSet  | web-5d9c        | service.istio.io/workload-name: 'own' | own
            """, delimiter = '|', quoteCharacter = '"')
    void workloadNameIsTheOwners(String kind, String owner, String label, String expected) {
        String quoted = "'" + label.replace(":", "':");
        Workload cart = workload(pod("labels: {" + quoted + "}, ownerReferences: [{kind: '" + kind + "', name: '"
                + owner + "', controller: true}]"));

        assertThat(cart.workloadName()).isEqualTo(expected);
    }

    @Test
    void localityIsTheNodes() {
        Workload cart = workload(
                node("'topology.kubernetes.io/region': 'r', 'topology.kubernetes.io/zone': 'z', "
                        + "'topology.istio.io/subzone': 's'"),
                pod("uid: 'u'"));

        assertThat(cart.locality()).isEqualTo(new Locality("r", "z", "s"));
    }

    @Test
    void hostNetworkPodsShareTheirAddress() {
        Workload cart = workload(pod("uid: 'u'", "hostNetwork: true", "podIP: '192.168.0.1'"));

        assertThat(cart.networkMode()).isEqualTo(NetworkMode.HOST_NETWORK);
        assertThat(cart.networkAddresses()).isEmpty();
    }

    @Test
    void portsResolveByNumberAndByName() {
        var named = pod(
                "labels: {app: 'cart'}",
                "containers: [{name: 'a', ports: [{name: 'web', containerPort: 8080}, "
                        + "{name: 'dns', containerPort: 53, protocol: 'UDP'}]}], "
                        + "initContainers: [{name: 'b', restartPolicy: 'Always', ports: [{name: 'side', containerPort: 9000}]},"
                        + "{name: 'c', ports: [{name: 'once', containerPort: 9001}]}]",
                "podIP: '10.0.0.1'");
        var service = service("selector: {app: 'cart'}, ports: [{port: 80, targetPort: 'web'}, "
                + "{port: 81, targetPort: 8081}, {port: 82}, {port: 83, targetPort: 'side'}, "
                + "{port: 84, targetPort: 'once'}, {port: 85, targetPort: 'dns'}, {port: 86, protocol: 'UDP'}]");

        assertThat(workload(named, service).services())
                .isEqualTo(Map.of(CART, new PortMap(Map.of(80, 8080, 81, 8081, 82, 82, 83, 9000))));
    }

    @Test
    void aSelectorHasToMatchWhollyAndInItsNamespace() {
        var service = service("selector: {app: 'cart', tier: 'web'}, ports: [{port: 80}]");

        assertThat(workload(pod("labels: {app: 'cart'}"), service).services()).isEmpty();
        assertThat(workload(pod("labels: {app: 'cart', tier: 'web'}"), service).services())
                .containsKey(CART);
    }

    @Test
    void aSliceJoinsAPodToAServiceWithoutSelector() {
        var service = service("ports: [{name: 'web', port: 80}]");
        String endpoint =
                "addressType: 'IPv4', ports: [{name: 'web', port: 8080}], endpoints: [{addresses: ['10.0.0.1'], "
                        + "targetRef: {kind: 'Pod', name: 'cart', namespace: 'shop', uid: '%s'}}]";

        assertThat(workload(pod("uid: 'u-1'"), service, slice(endpoint.formatted("u-1")))
                        .services())
                .isEqualTo(Map.of(CART, new PortMap(Map.of(80, 8080))));
        assertThat(workload(pod("uid: 'u-2'"), service, slice(endpoint.formatted("u-1")))
                        .services())
                .isEmpty();
    }

    @Test
    void aPlainSliceAddressIsAWorkloadOfItsOwn() {
        Workload external = workload(
                service("ports: [{name: 'web', port: 80}]"),
                slice("addressType: 'IPv4', ports: [{name: 'web', port: 8080}], "
                        + "endpoints: [{addresses: ['192.0.2.7'], conditions: {ready: false}}]"));

        assertThat(external.uid().value())
                .isEqualTo("Kubernetes/discovery.k8s.io/EndpointSlice/shop/cart-x1/192.0.2.7");
        assertThat(external.networkMode()).isEqualTo(NetworkMode.HOST_NETWORK);
        assertThat(external.tunnelProtocol()).isEqualTo(TunnelProtocol.NONE);
        assertThat(external.health()).isEqualTo(Health.UNHEALTHY);
        assertThat(external.services()).isEqualTo(Map.of(CART, new PortMap(Map.of(80, 8080))));
    }

    @Test
    void slicesOfNamesOrOfNoServiceAreNothing() {
        var names = slice("addressType: 'FQDN', ports: [{port: 80}], endpoints: [{addresses: ['example.com']}]");
        var orphan = slice("addressType: 'IPv4', ports: [{port: 80}], endpoints: [{addresses: ['192.0.2.7']}]");

        assertThat(derive(service("ports: [{port: 80}]"), names).state().workloads())
                .isEmpty();
        assertThat(derive(orphan).state().workloads()).isEmpty();
    }

    @Test
    void ofTwoPodsWithOneAddressTheFirstHasIt() {
        var derived = derive(pod("uid: 'u'"), Manifests.podNamed("dup", "10.0.0.1"));

        assertThat(derived.state().workloads().values())
                .extracting(Workload::name)
                .isEqualTo(List.of("cart"));
        assertThat(derived.state().pods()).hasSize(2);
        assertThat(messages(derived)).singleElement().asString().contains("already that of pod shop/cart");
    }

    @Test
    void ofTwoPodsWithOneAddressTheOneThatStaysHasIt() {
        var going = pod("deletionTimestamp: '2026-01-01T00:00:00Z'");

        assertThat(derive(going, Manifests.podNamed("next", "10.0.0.1"))
                        .state()
                        .workloads()
                        .values())
                .extracting(Workload::name)
                .containsExactly("next");
    }
}
