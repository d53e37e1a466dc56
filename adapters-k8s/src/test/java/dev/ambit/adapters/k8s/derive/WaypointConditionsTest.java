package dev.ambit.adapters.k8s.derive;

import static dev.ambit.adapters.k8s.derive.Manifests.derive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.derive.MeshDerivation.Derived;
import dev.ambit.adapters.k8s.translate.DerivationFeatures;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.EntryVisibility;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.Reach;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.k8s.translate.LabelMatch;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.Workload;
import io.fabric8.istio.api.networking.v1.ServiceEntry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What objects are told about their waypoints and policies: Istio's conditions, and where traffic goes meanwhile. */
@Timeout(30)
class WaypointConditionsTest {
    private static final ObjectKey CART = new ObjectKey("Service", "shop", "cart");
    private static final ObjectKey GUARD = new ObjectKey("AuthorizationPolicy", "shop", "guard");
    private static final String READY = "status: {addresses: [{type: 'Hostname', value: 'wp.shop.svc.cluster.local'}]}";

    private static Gateway waypoint(String namespace, String metadata, String status) {
        return Manifests.object(
                Gateway.class,
                "metadata: {name: 'wp', namespace: '" + namespace + "', " + metadata + "}, "
                        + "spec: {gatewayClassName: 'istio-waypoint', "
                        + "listeners: [{name: 'mesh', port: 15008, protocol: 'HBONE'}]}, " + status);
    }

    private static HasMetadata cart(String labels) {
        return Manifests.service("labels: {" + labels + "}", "clusterIP: '10.96.0.1', ports: [{port: 80}]");
    }

    private static ObjectCondition condition(Derived derived, ObjectKey object, String type) {
        return derived.conditions().getOrDefault(object, List.of()).stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            shop  | labels: {}                           | ready   | true  | WaypointAccepted
            shop  | labels: {}                           | status: {} | false | WaypointIsNotReady
            shop  | labels: {'istio.io/waypoint-for': 'workload'} | ready | false | UnsupportedTrafficType
            shop  | labels: {'istio.io/waypoint-for': 'none'} | ready | false | UnsupportedTrafficType
            infra | labels: {}                           | ready   | false | AttachmentDenied
            """)
    void aServiceIsToldWhatBecameOfItsWaypoint(
            String namespace, String metadata, String status, boolean met, String reason) {
        var asking = cart("'istio.io/use-waypoint': 'wp', 'istio.io/use-waypoint-namespace': '" + namespace + "'");

        Derived derived = derive(waypoint(namespace, metadata, status.equals("ready") ? READY : status), asking);

        ObjectCondition bound = condition(derived, CART, "istio.io/WaypointBound");
        assertThat(bound.met()).isEqualTo(met);
        assertThat(bound.reason()).isEqualTo(reason);
        assertThat(bound.message()).contains(namespace + "/wp");
        assertThat(derived.problems()).hasSize(met ? 0 : 1);
    }

    @Test
    void whoAsksForNothingIsToldNothing() {
        assertThat(derive(waypoint("shop", "labels: {}", READY), cart("")).conditions())
                .isEmpty();
    }

    @Test
    void whoAsksForAWaypointIsNotReachedWithoutIt() {
        Derived derived = derive(
                Manifests.namespace("shop", "labels: {'istio.io/use-waypoint': 'wp'}"),
                Manifests.pod("uid: 'u'"),
                cart("'istio.io/use-waypoint': 'own', 'istio.io/use-waypoint-namespace': 'infra'"));

        assertThat(derived.state().services().values())
                .extracting(service -> service.waypoint())
                .containsExactly(new GatewayReference.ByHostname(
                        new NamespacedHostname("infra", "own.infra.svc.cluster.local"), 15_008));
        assertThat(derived.state().workloads().values())
                .as("a namespace's waypoint is for services unless it says otherwise")
                .extracting(Workload::waypoint)
                .containsExactly(GatewayReference.none());
        assertThat(derived.problems())
                .extracting(problem -> problem.object().toString())
                .containsExactlyInAnyOrder("Namespace shop", "Service shop/cart");
    }

    @Test
    void aPodThatAsksItselfIsNotReachedWithoutItEither() {
        Derived derived = derive(Manifests.pod("labels: {'istio.io/use-waypoint': 'wp'}"));

        assertThat(derived.state().workloads().values())
                .extracting(Workload::waypoint)
                .containsExactly(new GatewayReference.ByHostname(
                        new NamespacedHostname("shop", "wp.shop.svc.cluster.local"), 15_008));
        assertThat(derived.conditions())
                .as("the status of pods is the kubelet's")
                .isEmpty();
        assertThat(derived.problems()).hasSize(1);
    }

    @Test
    void aFailedCanaryIsSaidAndChangesNothing() {
        Derived derived = derive(
                waypoint("shop", "labels: {}", READY),
                cart("'istio.io/use-waypoint': 'wp', 'istio.io/use-waypoint-canary': 'wp'"));

        ObjectCondition bound = condition(derived, CART, "istio.io/WaypointBound");
        assertThat(bound.met()).isTrue();
        assertThat(bound.message()).contains("canary waypoint is not attached").contains("is the waypoint itself");
        assertThat(derived.state().services().values())
                .allMatch(service -> service.weightedWaypoints().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            kind: 'Gateway', name: 'wp'        | true  | Accepted
            kind: 'Gateway', name: 'other'     | false | TargetNotFound
            kind: 'Service', name: 'cart'      | true  | Accepted
            kind: 'Service', name: 'plain'     | false | AncestorNotBound
            kind: 'Service', name: 'nobody'    | false | TargetNotFound
            kind: 'GatewayClass', name: 'istio-waypoint' | false | Invalid
            kind: 'Pod', name: 'x'             | false | Invalid
            """)
    void aPolicyForWaypointsIsToldWhetherItReachesAny(String target, boolean met, String reason) {
        var plain = Manifests.service("clusterIP: '10.96.0.2', ports: [{port: 80}]");
        plain.getMetadata().setName("plain");

        Derived derived = derive(
                waypoint("shop", "labels: {}", READY),
                cart("'istio.io/use-waypoint': 'wp'"),
                plain,
                Manifests.policy("shop", "targetRefs: [{" + target + "}], rules: [{}]"));

        ObjectCondition accepted = condition(derived, GUARD, "WaypointAccepted");
        assertThat(accepted.met()).isEqualTo(met);
        assertThat(accepted.reason()).isEqualTo(reason);
    }

    @Test
    void aPolicyOfWhichSomeTargetsAreThereIsPartlyInvalid() {
        Derived derived = derive(
                waypoint("shop", "labels: {}", READY),
                Manifests.policy("shop", "targetRefs: [{kind: 'Gateway', name: 'wp'}, {kind: 'Service', name: 'x'}]"));

        assertThat(condition(derived, GUARD, "WaypointAccepted"))
                .matches(ObjectCondition::met)
                .extracting(ObjectCondition::reason)
                .isEqualTo("PartiallyInvalid");
    }

    @Test
    void aPolicyForAClassOfGatewaysBelongsIntoTheRootNamespace() {
        var waypoints = Manifests.object(
                GatewayClass.class,
                "metadata: {name: 'istio-waypoint'}, spec: {controllerName: 'istio.io/mesh-controller'}");

        Derived derived = derive(
                waypoints,
                Manifests.policy("istio-system", "targetRefs: [{kind: 'GatewayClass', name: 'istio-waypoint'}]"));

        assertThat(condition(derived, new ObjectKey("AuthorizationPolicy", "istio-system", "guard"), "WaypointAccepted")
                        .reason())
                .isEqualTo("Accepted");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            action: 'DENY', rules: [{from: [{source: {namespaces: ['a']}}]}]                | true  | Accepted         | attached
            action: 'ALLOW', rules: [{to: [{operation: {paths: ['/a']}}]}]                  | true  | UnsupportedValue | rules with it allow nothing
            action: 'DENY', rules: [{to: [{operation: {paths: ['/a'], ports: ['1']}}]}]     | true  | UnsupportedValue | deny whatever their other conditions match
            action: 'DENY', rules: [{to: [{operation: {paths: ['/a']}}]}]                   | true  | UnsupportedValue | denies everything that it selects
            action: 'CUSTOM', rules: [{}]                                                   | false | UnsupportedValue | CUSTOM
            action: 'DENY', rules: [{to: [{operation: {ports: ['x']}}]}]                    | false | Invalid          | denies everything that it selects
            """)
    void aPolicyIsToldHowItIsEnforced(String spec, boolean met, String reason, String message) {
        ObjectCondition accepted = condition(derive(Manifests.policy("shop", spec)), GUARD, "ZtunnelAccepted");

        assertThat(accepted.met()).isEqualTo(met);
        assertThat(accepted.reason()).isEqualTo(reason);
        assertThat(accepted.message()).contains(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            labels: {}, name: 'e' | hosts: ['*.a.example'], resolution: 'DYNAMIC_DNS' | NoWaypointForWildcardService
            annotations: {'istio.io/connect-strategy': 'RACE_FIRST_TCP_CONNECT'}, name: 'e' | hosts: ['a.example'], resolution: 'DNS' | NoWaypointForRacingConnectStrategy
            """)
    void anEntryIsToldThatItNeedsAWaypoint(String metadata, String spec, String reason) {
        Derived derived = derive(Manifests.object(
                ServiceEntry.class, "metadata: {namespace: 'shop', " + metadata + "}, spec: {" + spec + "}"));

        assertThat(condition(derived, new ObjectKey("ServiceEntry", "shop", "e"), "istio.io/WaypointMissing")
                        .reason())
                .isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({"101, false", "-1, false", "x, false", "1000, false", "0, true", "100, true"})
    void aCanarysWeightIsAWholeNumberUpTo100(String weight, boolean attached) {
        var other = waypoint("shop", "labels: {}", READY);
        other.getMetadata().setName("wp2");

        Derived derived = derive(
                waypoint("shop", "labels: {}", READY),
                other,
                Manifests.service(
                        "labels: {'istio.io/use-waypoint': 'wp', 'istio.io/use-waypoint-canary': 'wp2'}, annotations:"
                                + " {'istio.io/use-waypoint-canary-weight': '" + weight + "'}",
                        "clusterIP: '10.96.0.1', ports: [{port: 80}]"));

        ObjectCondition bound = condition(derived, CART, "istio.io/WaypointBound");
        assertThat(bound.met()).as("the first waypoint stays").isTrue();
        assertThat(bound.message().contains("'" + weight + "'")).isEqualTo(!attached);
        assertThat(derived.state().services().values())
                .allMatch(service -> service.weightedWaypoints().isEmpty() != attached);
    }

    private static DerivationOptions seenBy(Reach reach) {
        var all = new LabelMatch(List.of());
        return DerivationOptions.defaults()
                .with(DerivationFeatures.defaults().with(List.of(new EntryVisibility(all, reach))));
    }

    private static HasMetadata entry(String labels) {
        return Manifests.object(
                ServiceEntry.class,
                "metadata: {namespace: 'shop', name: 'e', labels: {" + labels
                        + "}}, spec: {hosts: ['a.example'], resolution: 'DNS'}");
    }

    @ParameterizedTest
    @CsvSource({"PUBLIC, Public", "NAMESPACE, Namespace"})
    void anEntryIsToldWhoSeesItOnceVisibilityIsConfigured(Reach reach, String reason) {
        var key = new ObjectKey("ServiceEntry", "shop", "e");

        ObjectCondition applied =
                condition(Manifests.derive(seenBy(reach), entry("")), key, "istio.io/VisibilityApplied");

        assertThat(applied.met()).isTrue();
        assertThat(applied.reason()).isEqualTo(reason);
        assertThat(derive(entry("")).conditions()).isEmpty();
        assertThat(Manifests.derive(seenBy(Reach.NONE), entry("")).conditions())
                .as("what is not sent is told nothing, as in Istio")
                .isEmpty();
    }

    @Test
    void anEntryOfItsNamespaceDoesNotGetAWaypointOfAnother() {
        var admitting = Manifests.object(
                Gateway.class,
                "metadata: {name: 'wp', namespace: 'infra'}, spec: {gatewayClassName: 'istio-waypoint', listeners: [{name: 'mesh',"
                        + " port: 15008, protocol: 'HBONE', allowedRoutes: {namespaces: {from: 'All'}}}]}, " + READY);
        var asking = entry("'istio.io/use-waypoint': 'wp', 'istio.io/use-waypoint-namespace': 'infra'");
        var key = new ObjectKey("ServiceEntry", "shop", "e");

        ObjectCondition confined =
                condition(Manifests.derive(seenBy(Reach.NAMESPACE), admitting, asking), key, "istio.io/WaypointBound");
        assertThat(confined.met()).isFalse();
        assertThat(confined.reason()).isEqualTo("CrossNamespaceWaypointForbidden");
        assertThat(condition(derive(admitting, asking), key, "istio.io/WaypointBound")
                        .reason())
                .isEqualTo("WaypointAccepted");
    }
}
