package dev.ambit.adapters.k8s.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.manifests.YamlObject;
import dev.ambit.adapters.k8s.waypoint.WaypointPlan.Deployed;
import dev.ambit.adapters.k8s.waypoint.WaypointPlan.Foreign;
import dev.ambit.adapters.k8s.waypoint.WaypointPlan.Pointed;
import dev.ambit.adapters.k8s.waypoint.WaypointPlan.Refused;
import dev.ambit.adapters.k8s.waypoint.WaypointPlan.Remote;
import dev.ambit.adapters.k8s.waypoint.WaypointPlan.Whose;
import dev.ambit.adapters.k8s.waypoint.WaypointPlanner.Circumstances;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WaypointPlannerTest {
    private static final WaypointPlanner PLANNER = new WaypointPlanner(TestWaypoints.OPTIONS);
    private static final Circumstances USUAL = new Circumstances(
            "istio.io/mesh-controller", Map.of(), Set.of("default"), Optional.empty(), Optional.empty(), false);

    private static GatewayObject gateway(String name, String metadata, String spec) {
        return new GatewayObject(yaml(TestWaypoints.gateway(
                name, "namespace: shop, uid: abc" + (metadata.isEmpty() ? "" : ", " + metadata), spec)));
    }

    private static ObjectNode yaml(String text) {
        return YamlObject.ours(text).getFirst();
    }

    private static Circumstances with(Optional<JsonNode> defaults, Optional<JsonNode> parameters) {
        return new Circumstances(
                USUAL.controller(), USUAL.namespaceLabels(), USUAL.revisions(), defaults, parameters, false);
    }

    private static Optional<JsonNode> map(String key, String text) {
        ObjectNode map = yaml("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: shop, name: more}}");
        map.putObject("data").put(key, text);
        return Optional.of(map);
    }

    private static WaypointPlan plan(GatewayObject gateway, Circumstances circumstances) {
        return PLANNER.plan(gateway, circumstances);
    }

    private static ObjectNode deployed(DeployedKind kind, WaypointPlan plan) {
        return ((Deployed) plan)
                .objects().stream()
                        .filter(each -> each.kind() == kind)
                        .findFirst()
                        .orElseThrow()
                        .object();
    }

    /** Written down once by hand, from Istio's rules; whoever changes what is deployed changes it, too. */
    @Test
    void aWaypointIsDeployedAsWrittenDown() throws IOException {
        GatewayObject gateway = gateway("shield", "labels: {istio.io/waypoint-for: all}", "");
        List<ObjectNode> golden;
        try (InputStream in = WaypointPlannerTest.class.getResourceAsStream("golden-waypoint.yaml")) {
            golden = YamlObject.ours(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }

        Deployed plan = (Deployed) plan(gateway, USUAL);

        assertThat(plan.objects().stream().map(WaypointPlan.Wanted::object).toList())
                .containsExactlyElementsOf(golden);
        assertThat(plan.service()).isEqualTo("shield");
    }

    @ParameterizedTest(name = "class of {0}, Gateway {1}, namespace {2}: {3}")
    @CsvSource({
        "istio.io/gateway-controller,'','',OTHER_CLASS",
        "'','','',UNKNOWN_CLASS",
        "istio.io/mesh-controller,next,'',OTHER_REVISION",
        "istio.io/mesh-controller,'',next,OTHER_REVISION",
        "istio.io/unmanaged-gateway,'',next,OTHER_REVISION",
    })
    void othersGatewaysAreTheirs(String controller, String revision, String ofNamespace, Whose whose) {
        GatewayObject gateway = gateway("shield", revision.isEmpty() ? "" : "labels: {istio.io/rev: next}", "");
        Map<String, String> labels = ofNamespace.isEmpty() ? Map.of() : Map.of("istio.io/rev", ofNamespace);
        var circumstances =
                new Circumstances(controller, labels, Set.of("default"), Optional.empty(), Optional.empty(), false);

        assertThat(plan(gateway, circumstances)).isEqualTo(new Foreign(whose));
    }

    @Test
    void theGatewaysOwnRevisionGoesBeforeItsNamespaces() {
        GatewayObject gateway = gateway("shield", "labels: {istio.io/rev: stable}", "");
        var circumstances = new Circumstances(
                "istio.io/mesh-controller",
                Map.of("istio.io/rev", "next"),
                Set.of("v1", "stable"),
                Optional.empty(),
                Optional.empty(),
                false);

        assertThat(plan(gateway, circumstances)).isInstanceOf(Deployed.class);
    }

    @Test
    void aRevisionThatIsNotTheDefaultLeavesWhatNamesNone() {
        var circumstances = new Circumstances(
                "istio.io/mesh-controller", Map.of(), Set.of("v1"), Optional.empty(), Optional.empty(), false);

        assertThat(plan(gateway("shield", "", ""), circumstances)).isEqualTo(new Foreign(Whose.OTHER_REVISION));
    }

    @ParameterizedTest(name = "version {0}")
    @CsvSource({"1,true", "5,true", "6,false", "new,false", "99999999999,false"})
    void aNewerControllersGatewaysAreItsOwn(String version, boolean ours) {
        WaypointPlan plan = plan(
                gateway("shield", "annotations: {gateway.istio.io/controller-version: \"" + version + "\"}", ""),
                USUAL);

        if (ours) {
            assertThat(plan).isInstanceOf(Deployed.class);
        } else {
            assertThat(plan).isEqualTo(new Foreign(Whose.NEWER_VERSION));
        }
    }

    @Test
    void whoSaysWhereItIsIsNotDeployed() {
        var remote = new Circumstances(
                "istio.io/unmanaged-gateway", Map.of(), Set.of("default"), Optional.empty(), Optional.empty(), false);
        GatewayObject named = gateway("shield", "", "addresses: [{type: Hostname, value: wall}]");
        GatewayObject full = gateway("shield", "", "addresses: [{type: Hostname, value: wall.town.example}]");
        GatewayObject two = gateway("shield", "", "addresses: [{value: 192.0.2.1}, {value: 192.0.2.2}]");
        GatewayObject one = gateway("shield", "", "addresses: [{value: 192.0.2.1}]");

        assertThat(plan(named, USUAL)).isEqualTo(new Pointed(List.of("wall.shop.svc.cluster.local")));
        assertThat(plan(full, USUAL)).isEqualTo(new Pointed(List.of("wall.town.example")));
        assertThat(plan(two, USUAL)).isEqualTo(new Pointed(List.of()));
        assertThat(plan(one, USUAL)).isInstanceOf(Deployed.class);
        assertThat(plan(one, remote)).isEqualTo(new Remote());
    }

    @Test
    void infrastructureLabelsAndAnnotationsReplaceTheGatewaysOwn() {
        GatewayObject gateway = gateway(
                "shield",
                "labels: {own: l, topology.istio.io/network: west}, annotations: {own: a}",
                "infrastructure: {labels: {team: till, gateway.networking.k8s.io/gateway-name: evil},"
                        + " annotations: {note: x}}");

        ObjectNode service = deployed(DeployedKind.SERVICE, plan(gateway, USUAL));
        ObjectNode deployment = deployed(DeployedKind.DEPLOYMENT, plan(gateway, USUAL));

        assertThat(service.at("/metadata/labels"))
                .isEqualTo(yaml("{gateway.istio.io/managed: istio.io-mesh-controller,"
                        + " gateway.networking.k8s.io/gateway-class-name: istio-waypoint,"
                        + " gateway.networking.k8s.io/gateway-name: shield, team: till}"));
        assertThat(service.at("/metadata/annotations"))
                .isEqualTo(yaml("{networking.istio.io/traffic-distribution: PreferClose, note: x}"));
        assertThat(deployment.at("/spec/template/metadata/labels/team").asText())
                .isEqualTo("till");
        assertThat(deployment.at("/spec/template/metadata/annotations/note").asText())
                .isEqualTo("x");
    }

    @Test
    void withoutThemTheGatewaysOwnAreCarriedOverWithoutWhatIsAboutTheGateway() {
        GatewayObject gateway = gateway(
                "shield",
                "labels: {own: l}, annotations: {own: a, gateway.istio.io/service-account: sa,"
                        + " kubectl.kubernetes.io/last-applied-configuration: x}",
                "");

        ObjectNode account = deployed(DeployedKind.SERVICE_ACCOUNT, plan(gateway, USUAL));

        assertThat(account.at("/metadata/name").asText()).isEqualTo("sa");
        assertThat(account.at("/metadata/labels/own").asText()).isEqualTo("l");
        assertThat(account.at("/metadata/annotations")).isEqualTo(yaml("{own: a}"));
    }

    @Test
    void theClustersNetworkIsWrittenOnWaypointsThatNameNone() {
        var options = new WaypointOptions(
                "istio-system",
                "cluster.local",
                "Kubernetes",
                "west",
                "cluster.local",
                "v1",
                "istiod-v1.istio-system.svc:15012",
                TestWaypoints.OPTIONS.image(),
                TestWaypoints.OPTIONS.resources());
        var circumstances = new Circumstances(
                "istio.io/mesh-controller", Map.of(), Set.of("default"), Optional.empty(), Optional.empty(), false);

        ObjectNode deployment = deployed(
                DeployedKind.DEPLOYMENT, new WaypointPlanner(options).plan(gateway("shield", "", ""), circumstances));

        assertThat(deployment.at("/metadata/labels/topology.istio.io~1network").asText())
                .isEqualTo("west");
        assertThat(deployment
                        .at("/spec/template/metadata/annotations/istio.io~1rev")
                        .asText())
                .isEqualTo("v1");
        assertThat(deployment.at("/spec/template/spec/containers/0/env").valueStream())
                .contains(yaml("{name: ISTIO_META_NETWORK, value: west}"));
    }

    @Test
    void portsAreNamedAfterListenersWithinTheRulesAndOnce() {
        String longName = "a".repeat(70);
        var listeners = List.of(
                new GatewayObject.Listener("mesh", 15008, "HBONE"),
                new GatewayObject.Listener("mesh", 15009, "TCP"),
                new GatewayObject.Listener("again", 15008, "HBONE"),
                new GatewayObject.Listener("status-port", 9, "TCP"),
                new GatewayObject.Listener("status", 15021, "TCP"),
                new GatewayObject.Listener("a.b", 80, "HTTP"),
                new GatewayObject.Listener(longName, 81, "HTTP"),
                new GatewayObject.Listener(longName + "b", 82, "HTTP"));

        JsonNode ports = PortNames.ports(listeners);

        assertThat(ports.valueStream()
                        .map(port -> port.path("name").asText() + ":"
                                + port.path("port").asInt()))
                .containsExactly(
                        "status-port:15021",
                        "mesh:15008",
                        "mesh-15009:15009",
                        "status-port-9:9",
                        "a-b:80",
                        "a".repeat(63) + ":81",
                        "a".repeat(60) + "-82:82");
    }

    @Test
    void aLoadBalancerIsAskedForTheAddress() {
        GatewayObject gateway = gateway(
                "shield",
                "annotations: {networking.istio.io/service-type: LoadBalancer}",
                "addresses: [{value: 192.0.2.1}]");

        ObjectNode service = deployed(DeployedKind.SERVICE, plan(gateway, USUAL));

        assertThat(service.at("/spec/type").asText()).isEqualTo("LoadBalancer");
        assertThat(service.at("/spec/loadBalancerIP").asText()).isEqualTo("192.0.2.1");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "gateway.istio.io/name-override: 1st",
                "gateway.istio.io/name-override: a.b",
                "gateway.istio.io/name-override: '<name>'",
                "gateway.istio.io/service-account: a b",
                "networking.istio.io/service-type: ExternalName",
            })
    void annotationsThatCannotBeMeantAreRefused(String annotation) {
        WaypointPlan plan = plan(gateway("shield", "annotations: {" + annotation + "}", ""), USUAL);

        assertThat(plan)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).isEqualTo("Invalid"));
    }

    @Test
    void optionalObjectsAreThereIfAnOverlayAsksForThem() {
        GatewayObject gateway =
                gateway("shield", "", "infrastructure: {parametersRef: {group: '', kind: ConfigMap, name: more}}");

        Deployed plain = (Deployed) plan(gateway("shield", "", ""), USUAL);
        Deployed asked = (Deployed) plan(
                gateway,
                with(
                        map("horizontalPodAutoscaler", "spec: {maxReplicas: 9}"),
                        map("podDisruptionBudget", "spec: {minAvailable: 1}")));

        assertThat(plain.objects()).extracting(WaypointPlan.Wanted::kind).hasSize(3);
        assertThat(asked.objects()).extracting(WaypointPlan.Wanted::kind).containsExactly(DeployedKind.values());
        assertThat(deployed(DeployedKind.AUTOSCALER, asked).at("/spec"))
                .isEqualTo(yaml("{scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shield},"
                        + " maxReplicas: 9}"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "deployment | metadata: {name: other} | metadata.name may not",
                "deployment | metadata: {namespace: kube-system} | metadata.namespace may not",
                "service | kind: Secret | kind may not",
                "serviceAccount | apiVersion: v2 | apiVersion may not",
                "service | metadata: {ownerReferences: null} | metadata.ownerReferences may not",
                "service | metadata: {finalizers: [a/b]} | metadata.finalizers may not",
                "service | metadata: {labels: {gateway.istio.io/managed: x}} | gateway.istio.io/managed may not",
                "service | spec: {selector: {app: till}} | spec.selector may not",
                "deployment | spec: {template: {metadata: {labels: {gateway.networking.k8s.io/gateway-name: x}}}}"
                        + " | gateway-name may not",
                "horizontalPodAutoscaler | spec: {scaleTargetRef: {name: till}} | spec.scaleTargetRef may not",
                "deployment | status: {replicas: 1} | status may not",
                "deployment | $patch: delete | apiVersion may not",
                "deployment | [a] | not an object",
                "deployment | {a | line 1",
                "deployment | spec: {template: {spec: {containers: [{image: x}]}}} | no 'name'",
                "daemonSet | {} | has a key 'daemonSet'",
            })
    void overlaysThatDoMoreThanTheyMayAreRefusedByName(String key, String text, String why) {
        GatewayObject gateway =
                gateway("shield", "", "infrastructure: {parametersRef: {group: '', kind: ConfigMap, name: more}}");

        WaypointPlan plan = plan(gateway, with(Optional.empty(), map(key, text)));

        assertThat(plan).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo("InvalidParameters");
            assertThat(refused.message()).contains("ConfigMap shop/more").contains(why);
        });
    }

    @Test
    void overlaysAreBounded() {
        GatewayObject gateway =
                gateway("shield", "", "infrastructure: {parametersRef: {group: '', kind: ConfigMap, name: more}}");
        String bomb = """
                a: &a [x,x,x,x,x,x,x,x,x]
                b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]
                c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
                d: [*c,*c,*c,*c,*c,*c,*c,*c,*c]
                """;
        String huge = "a: " + "x".repeat(100_000);
        String deep = IntStream.range(0, 100).mapToObj(_ -> "{a: ").reduce("", String::concat);

        for (String text : List.of(bomb, huge, deep)) {
            assertThat(plan(gateway, with(Optional.empty(), map("deployment", text))))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.message()).hasSizeLessThan(500));
        }
    }

    @Test
    void parametersOfAnotherKindOrThatAreMissingAreRefused() {
        GatewayObject secret =
                gateway("shield", "", "infrastructure: {parametersRef: {group: '', kind: Secret, name: more}}");
        GatewayObject missing =
                gateway("shield", "", "infrastructure: {parametersRef: {group: '', kind: ConfigMap, name: more}}");

        assertThat(plan(secret, USUAL))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.message()).contains("kind 'Secret'"));
        assertThat(plan(missing, USUAL))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.message()).contains("not in the Gateway's namespace"));
    }
}
