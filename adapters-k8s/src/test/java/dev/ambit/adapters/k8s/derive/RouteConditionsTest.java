package dev.ambit.adapters.k8s.derive;

import static dev.ambit.adapters.k8s.derive.Manifests.derive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ambit.adapters.k8s.derive.MeshDerivation.Derived;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.RouteFacts.Parent;
import io.fabric8.istio.api.networking.v1.ServiceEntry;
import io.fabric8.istio.api.security.v1.RequestAuthentication;
import io.fabric8.istio.api.telemetry.v1.Telemetry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ReferenceGrant;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.TLSRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1alpha2.TCPRoute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What routes, and policies for layer 7, are told: node proxies follow none of them, waypoints do. */
@Timeout(30)
class RouteConditionsTest {
    private static final ObjectKey ROUTE = new ObjectKey("HTTPRoute", "shop", "split");
    private static final String CART_PARENT = "{group: '', kind: 'Service', name: 'cart'}";
    private static final HasMetadata WAYPOINT = Manifests.object(
            Gateway.class,
            "metadata: {name: 'wp', namespace: 'shop'}, spec: {gatewayClassName: 'istio-waypoint',"
                    + " listeners: [{name: 'mesh', port: 15008, protocol: 'HBONE'}]},"
                    + " status: {addresses: [{type: 'Hostname', value: 'wp.shop.svc.cluster.local'}]}");
    private static final HasMetadata WAYPOINT_CLASS = Manifests.object(
            GatewayClass.class,
            "metadata: {name: 'istio-waypoint'}, spec: {controllerName: 'istio.io/mesh-controller'}");
    private static final HasMetadata ENTRY = Manifests.object(
            ServiceEntry.class,
            "metadata: {name: 'away', namespace: 'shop'}, spec: {hosts: ['away.example'],"
                    + " ports: [{number: 443, name: 'tls'}], resolution: 'DNS'}");

    private static HasMetadata cart(String labels) {
        return Manifests.service(
                "labels: {" + labels + "}", "clusterIP: '10.96.0.1', ports: [{name: 'http', port: 80}]");
    }

    private static HasMetadata boundCart() {
        return cart("'istio.io/use-waypoint': 'wp'");
    }

    private static HasMetadata service(String namespace, String name) {
        return Manifests.object(
                Service.class,
                "metadata: {name: '" + name + "', namespace: '" + namespace + "'}, spec: {ports: [{port: 80}]}");
    }

    private static HasMetadata route(String parent, String backend) {
        return Manifests.object(
                HTTPRoute.class,
                "metadata: {name: 'split', namespace: 'shop'}, spec: {parentRefs: [" + parent + "],"
                        + " rules: [{backendRefs: [" + backend + "]}]}");
    }

    private static HasMetadata grant(String from, String to) {
        return Manifests.object(
                ReferenceGrant.class,
                "metadata: {name: 'open', namespace: 'stock'}, spec: {from: [" + from + "], to: [" + to + "]}");
    }

    private static List<ObjectCondition> conditions(Derived derived, ObjectKey object) {
        return derived.conditions().getOrDefault(object, List.of());
    }

    private static ObjectCondition condition(Derived derived, String type) {
        return conditions(derived, ROUTE).stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static Derived with(HasMetadata... more) {
        var all = new ArrayList<>(List.of(WAYPOINT, WAYPOINT_CLASS, ENTRY));
        all.addAll(Arrays.asList(more));
        return derive(all.toArray(HasMetadata[]::new));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {group: '', kind: 'Service', name: 'cart'}                       | true  | Accepted
            {group: '', kind: 'Service', name: 'cart', port: 80}             | true  | Accepted
            {group: '', kind: 'Service', name: 'cart', sectionName: 'http'}  | true  | Accepted
            {group: '', kind: 'Service', name: 'cart', port: 81}             | false | NoMatchingParent
            {group: '', kind: 'Service', name: 'cart', sectionName: 'tls'}   | false | NoMatchingParent
            {group: '', kind: 'Service', name: 'gone'}                       | false | NoMatchingParent
            {group: '', kind: 'Service', name: 'till', namespace: 'stock'}   | false | NotAllowedByListeners
            {group: 'networking.istio.io', kind: 'ServiceEntry', name: 'away'} | false | NoWaypoint
            {group: 'networking.istio.io', kind: 'ServiceEntry', name: 'gone'} | false | NoMatchingParent
            {name: 'wp'}                                                     | false | NotAllowedByListeners
            """)
    void aParentIsToldWhetherAWaypointFollowsTheRoute(String parent, boolean met, String reason) {
        Derived derived = with(boundCart(), service("stock", "till"), route(parent, ""));

        assertThat(condition(derived, "Accepted"))
                .extracting(ObjectCondition::met, ObjectCondition::reason)
                .containsExactly(met, reason);
        assertThat(derived.problems()).hasSize(met ? 0 : 1);
    }

    @Test
    void aRouteToAServiceWithoutAWaypointDoesNothingAndSaysSo() {
        Derived derived = with(cart(""), route(CART_PARENT, "{name: 'cart', port: 80}"));

        assertThat(condition(derived, "Accepted").reason()).isEqualTo("NoWaypoint");
        assertThat(condition(derived, "Accepted").parent()).contains(new Parent("", "Service", "", "cart", "", 0));
        assertThat(condition(derived, "ResolvedRefs").met()).isTrue();
    }

    @Test
    void aGatewayOfSomebodyElseIsNotOurs() {
        var foreign = Manifests.object(
                Gateway.class, "metadata: {name: 'edge', namespace: 'shop'}, spec: {gatewayClassName: 'other'}");

        Derived derived = with(foreign, route("{name: 'edge'}", ""));

        assertThat(conditions(derived, ROUTE)).isEmpty();
        assertThat(derived.problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {name: 'cart', port: 80}                     | ResolvedRefs
            {group: '', kind: 'Service', name: 'cart', port: 80} | ResolvedRefs
            {group: 'networking.istio.io', kind: 'ServiceEntry', name: 'away', port: 443} | ResolvedRefs
            {group: 'networking.istio.io', kind: 'Hostname', name: 'away.example', port: 443} | ResolvedRefs
            {group: 'networking.istio.io', kind: 'Hostname', name: 'gone.example', port: 443} | BackendNotFound
            {name: 'cart', port: 81}                     | BackendNotFound
            {name: 'cart'}                               | BackendNotFound
            {name: 'gone', port: 80}                     | BackendNotFound
            {name: 'till', namespace: 'stock', port: 80} | RefNotPermitted
            {group: 'example.com', kind: 'Bucket', name: 'b'} | InvalidKind
            """)
    void aBackendIsLookedFor(String backend, String reason) {
        Derived derived = with(boundCart(), service("stock", "till"), route(CART_PARENT, backend));

        assertThat(condition(derived, "ResolvedRefs").reason()).isEqualTo(reason);
        assertThat(condition(derived, "ResolvedRefs").met()).isEqualTo(reason.equals("ResolvedRefs"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'shop' | group: '', kind: 'Service' | true
            group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'shop' | group: '', kind: 'Service', name: 'till' | true
            group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'shop' | group: '', kind: 'Service', name: 'other' | false
            group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'else' | group: '', kind: 'Service' | false
            group: 'gateway.networking.k8s.io', kind: 'GRPCRoute', namespace: 'shop' | group: '', kind: 'Service' | false
            """)
    void anotherNamespaceHasToGrantIt(String from, String to, boolean granted) {
        Derived derived = with(
                boundCart(),
                service("stock", "till"),
                grant("{" + from + "}", "{" + to + "}"),
                route(CART_PARENT, "{name: 'till', namespace: 'stock', port: 80}"));

        assertThat(condition(derived, "ResolvedRefs").met()).isEqualTo(granted);
    }

    @Test
    void aGrantThatGoesTakesItsPermissionAlong() {
        var derivation = new MeshDerivation(DerivationOptions.defaults());
        HasMetadata grant = grant(
                "{group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'shop'}",
                "{group: '', kind: 'Service'}");
        List.of(
                        WAYPOINT,
                        boundCart(),
                        service("stock", "till"),
                        grant,
                        route(CART_PARENT, "{name: 'till', namespace: 'stock', port: 80}"))
                .forEach(derivation::put);
        assertThat(condition(derivation.derived(), "ResolvedRefs").met()).isTrue();

        derivation.remove(ObjectKey.of(grant));
        assertThat(condition(derivation.derived(), "ResolvedRefs").reason()).isEqualTo("RefNotPermitted");
    }

    @Test
    void routesOfSeveralKindsMayHaveOneName() {
        String rest = "metadata: {name: 'split', namespace: 'shop'}, spec: {parentRefs: [" + CART_PARENT
                + "], rules: [{backendRefs: [{name: '%s', port: 80}]}]}";

        Derived derived = with(
                boundCart(),
                Manifests.object(HTTPRoute.class, rest.formatted("cart")),
                Manifests.object(GRPCRoute.class, rest.formatted("gone")),
                Manifests.object(TCPRoute.class, rest.formatted("cart")),
                Manifests.object(TLSRoute.class, rest.formatted("gone")));

        for (String kind : List.of("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute")) {
            boolean there = kind.equals("HTTPRoute") || kind.equals("TCPRoute");
            assertThat(conditions(derived, new ObjectKey(kind, "shop", "split")))
                    .as(kind)
                    .extracting(ObjectCondition::type, ObjectCondition::met)
                    .containsExactly(tuple("Accepted", true), tuple("ResolvedRefs", there));
        }
        assertThat(derived.state())
                .as("nothing for node proxies")
                .isEqualTo(with(boundCart()).state());
    }

    @Test
    void whatIsTooLargeIsLeftOut() {
        String parents = String.join(", ", Collections.nCopies(33, CART_PARENT));
        String backends = String.join(", ", Collections.nCopies(1_025, "{name: 'cart', port: 80}"));
        String from = String.join(", ", Collections.nCopies(17, "{group: '', kind: 'Service', namespace: 'shop'}"));

        for (HasMetadata large : List.of(
                route(parents, ""), route(CART_PARENT, backends), grant(from, "{group: '', kind: 'Service'}"))) {
            Derived derived = with(boundCart(), large);
            assertThat(derived.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.isRejection()).isTrue();
                assertThat(problem.message()).contains("at most");
            });
            assertThat(derived.conditions().get(ROUTE)).isNull();
        }
    }

    @Test
    void whoMirrorsRefersToo() {
        var mirroring = Manifests.object(
                HTTPRoute.class,
                "metadata: {name: 'split', namespace: 'shop'}, spec: {parentRefs: [" + CART_PARENT
                        + "], rules: [{filters: [{type: 'RequestMirror', requestMirror: {backendRef: {name: 'gone',"
                        + " port: 80}}}]}]}");

        assertThat(condition(with(boundCart(), mirroring), "ResolvedRefs").message())
                .contains("shop/gone");
    }

    @Test
    void tokensAndTelemetryNeedAWaypointToReadThem() {
        String metadata = "metadata: {name: 'guard', namespace: 'shop'}, ";
        String selecting = metadata + "spec: {selector: {matchLabels: {app: 'cart'}}}";
        String targeted = metadata + "spec: {targetRefs: [{group: '', kind: 'Service', name: 'cart'}]}";

        Derived without = with(
                boundCart(),
                Manifests.object(RequestAuthentication.class, selecting),
                Manifests.object(Telemetry.class, selecting));
        Derived with = with(
                boundCart(),
                Manifests.object(RequestAuthentication.class, targeted),
                Manifests.object(Telemetry.class, targeted));

        for (String kind : List.of("RequestAuthentication", "Telemetry")) {
            var key = new ObjectKey(kind, "shop", "guard");
            assertThat(conditions(without, key)).singleElement().satisfies(condition -> {
                assertThat(condition.type()).isEqualTo("ZtunnelAccepted");
                assertThat(condition.met()).isFalse();
                assertThat(condition.reason()).isEqualTo("UnsupportedValue");
            });
            assertThat(conditions(with, key)).singleElement().satisfies(condition -> {
                assertThat(condition.type()).isEqualTo("WaypointAccepted");
                assertThat(condition.met()).isTrue();
            });
        }
    }
}
