package dev.ambit.adapters.k8s.derive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.istio.api.networking.v1.ServiceEntry;
import io.fabric8.istio.api.networking.v1.WorkloadEntry;
import io.fabric8.istio.api.security.v1.AuthorizationPolicy;
import io.fabric8.istio.api.security.v1.PeerAuthentication;
import io.fabric8.istio.api.security.v1.RequestAuthentication;
import io.fabric8.istio.api.telemetry.v1.Telemetry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ReferenceGrant;
import io.fabric8.kubernetes.api.model.gatewayapi.v1alpha2.TCPRoute;
import java.util.List;
import java.util.Random;

/** Objects of every kind with few names, labels and addresses, so that they meet in every way. */
final class RandomCluster {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .build();

    private final Random random;

    RandomCluster(Random random) {
        this.random = random;
    }

    /** Some object; most often one of a name that has been there before. */
    HasMetadata object() {
        return switch (random.nextInt(15)) {
            case 0 -> namespace();
            case 1 -> read(Node.class, "", "n" + random.nextInt(2), zone(), "", "");
            case 2, 3 -> pod();
            case 4, 5 -> service();
            case 6 -> slice();
            case 7 -> serviceEntry();
            case 8 -> workloadEntry();
            case 9 -> gateway();
            case 10 ->
                random.nextInt(4) == 0
                        ? read(
                                GatewayClass.class,
                                "",
                                "istio-waypoint",
                                maybe("'istio.io/waypoint-for': 'all'"),
                                "",
                                "")
                        : authorizationPolicy();
            case 11, 12 -> route();
            case 13 -> random.nextBoolean() ? grant() : layer7Policy();
            default -> peerAuthentication();
        };
    }

    private HasMetadata namespace() {
        String labels =
                join(waypoint(), maybe("team: 'a'"), maybe("'topology.istio.io/network': '" + pick("n1", "far") + "'"));
        String name = pick("a", "b", "istio-system");
        return read(Namespace.class, "", name, labels, canaryWeight(), "");
    }

    private HasMetadata pod() {
        String labels = join(
                app(),
                maybe("tier: 'web'"),
                rarely("'gateway.networking.k8s.io/gateway-name': 'wp'"),
                rarely("'networking.istio.io/tunnel': 'http'"),
                rarely(waypoint()));
        return read(
                Pod.class,
                home(),
                "p" + random.nextInt(6),
                labels,
                maybe("'ambient.istio.io/redirection': 'enabled'"),
                "spec: {nodeName: 'n" + random.nextInt(2) + "', serviceAccountName: 'sa" + random.nextInt(2)
                        + "', hostNetwork: " + (random.nextInt(8) == 0)
                        + ", containers: [{name: 'c', ports: [{name: 'web', containerPort: 8080}]}]}, status: {phase: '"
                        + pick("Running", "Running", "Pending", "Succeeded") + "', podIP: '10.0.0." + random.nextInt(5)
                        + "'}");
    }

    private HasMetadata service() {
        String selector = random.nextInt(4) == 0 ? "" : join(app(), maybe("tier: 'web'"));
        return read(
                Service.class,
                home(),
                "s" + random.nextInt(4),
                join(
                        waypoint(),
                        maybe("'istio.io/ingress-use-waypoint': 'true'"),
                        maybe("'istio.io/global': 'true'"),
                        canary()),
                canaryWeight(),
                "spec: {type: '" + pick("ClusterIP", "ClusterIP", "ExternalName") + "', clusterIP: '10.96.0."
                        + random.nextInt(4) + "', selector: {" + selector
                        + "}, ports: [{name: 'web', port: 80, targetPort: " + pick("'web'", "8080") + "}]}");
    }

    private HasMetadata slice() {
        return read(
                EndpointSlice.class,
                home(),
                "e" + random.nextInt(3),
                "'kubernetes.io/service-name': 's" + random.nextInt(4) + "'",
                "",
                "addressType: 'IPv4', ports: [{name: 'web', port: 81}], endpoints: [{addresses: ['192.0.2."
                        + random.nextInt(3) + "']}, {addresses: ['10.0.0.1'], targetRef: {kind: 'Pod', name: 'p"
                        + random.nextInt(6) + "'}}]");
    }

    private HasMetadata serviceEntry() {
        String endpoints = random.nextBoolean()
                ? "workloadSelector: {labels: {" + app() + "}}"
                : "endpoints: [{address: '10.0.0." + random.nextInt(6) + "', network: '" + pick("", "far") + "'}]";
        return read(
                ServiceEntry.class,
                home(),
                "x" + random.nextInt(4),
                join(waypoint(), maybe(app())),
                "",
                "spec: {hosts: ['h" + random.nextInt(3) + ".example', '" + pick("s0.a.svc.cluster.local", "i.example")
                        + "'], addresses: [" + pick("", "'10.96.0.1'", "'10.1.0.0/16'", "'240.240.0.7'")
                        + "], resolution: '" + pick("STATIC", "DNS", "NONE") + "', ports: [{number: 443, name: 'web', "
                        + "protocol: 'TLS'}], " + endpoints + "}");
    }

    private HasMetadata workloadEntry() {
        return read(
                WorkloadEntry.class,
                home(),
                "w" + random.nextInt(3),
                join(app(), rarely(waypoint())),
                "",
                "spec: {address: '" + pick("10.0.0.1", "10.2.0.1", "vm.example") + "', ports: {web: 9000}, weight: 3}");
    }

    private HasMetadata gateway() {
        boolean remote = random.nextInt(3) == 0;
        return read(
                Gateway.class,
                home(),
                remote ? "far" : pick("wp", "wp2"),
                join(
                        maybe("'istio.io/waypoint-for': '" + pick("all", "service", "workload", "none") + "'"),
                        remote ? "'topology.istio.io/network': '" + pick("far", "n1") + "'" : ""),
                rarely("'ambient.istio.io/waypoint-inbound-binding': 'PROXY/15088'"),
                "spec: {gatewayClassName: '" + (remote ? pick("istio-remote", "istio-east-west") : "istio-waypoint")
                        + "', listeners: [{name: 'mesh', port: 15008, protocol: 'HBONE', tls: {mode: 'Terminate'}, allowedRoutes: {namespaces: {from: '"
                        + pick("All", "Same", "Selector")
                        + "', selector: {matchLabels: {team: 'a'}}}}}]}, status: {addresses: ["
                        + pick("", "{type: 'Hostname', value: 'wp.a.svc'}", "{type: 'IPAddress', value: '10.96.0.9'}")
                        + "]}");
    }

    private HasMetadata authorizationPolicy() {
        String target = rarely("targetRefs: [{kind: 'Service', group: '', name: 's0'}], ");
        return read(
                AuthorizationPolicy.class,
                pick("a", "b", "istio-system"),
                "g" + random.nextInt(3),
                "",
                "",
                "spec: {" + target + "selector: {matchLabels: {" + maybe(app()) + "}}, action: '"
                        + pick("ALLOW", "DENY") + "', rules: [{from: [{source: {"
                        + pick("namespaces: ['a']", "requestPrincipals: ['*']") + "}}]}]}");
    }

    private HasMetadata peerAuthentication() {
        String selector = random.nextBoolean()
                ? "selector: {matchLabels: {" + app() + "}}, portLevelMtls: {'8080': {mode: '"
                        + pick("STRICT", "PERMISSIVE", "DISABLE") + "'}}, "
                : "";
        return read(
                PeerAuthentication.class,
                pick("a", "b", "istio-system"),
                "m" + random.nextInt(3),
                "",
                "",
                "spec: {" + selector + "mtls: {mode: '" + pick("STRICT", "PERMISSIVE", "UNSET") + "'}}");
    }

    private HasMetadata route() {
        String parent = pick(
                "{group: '', kind: 'Service', name: 's" + random.nextInt(3) + "'" + maybe(", port: 80") + "}",
                "{group: 'networking.istio.io', kind: 'ServiceEntry', name: 'x0'" + rarely(", namespace: 'b'") + "}",
                "{name: 'wp'}");
        String backend = pick(
                "{name: 's" + random.nextInt(3) + "', port: 80" + maybe(", namespace: '" + home() + "'") + "}",
                "{group: 'networking.istio.io', kind: 'Hostname', name: 'h0.example', port: 443}");
        return read(
                random.nextBoolean() ? HTTPRoute.class : TCPRoute.class,
                home(),
                "r" + random.nextInt(2),
                "",
                "",
                "spec: {parentRefs: [" + parent + "], rules: [{backendRefs: [" + backend + "]}]}");
    }

    private HasMetadata grant() {
        return read(
                ReferenceGrant.class,
                home(),
                "t",
                "",
                "",
                "spec: {from: [{group: 'gateway.networking.k8s.io', kind: '" + pick("HTTPRoute", "TCPRoute")
                        + "', namespace: '" + home() + "'}], to: [{group: '', kind: 'Service'"
                        + maybe(", name: 's0'") + "}]}");
    }

    private HasMetadata layer7Policy() {
        return read(
                random.nextBoolean() ? RequestAuthentication.class : Telemetry.class,
                home(),
                "g0",
                "",
                "",
                "spec: {" + maybe("targetRefs: [{kind: 'Service', group: '', name: 's0'}]") + "}");
    }

    private String home() {
        return pick("a", "b");
    }

    private String app() {
        return "app: '" + pick("x", "y") + "'";
    }

    private String zone() {
        return "'topology.kubernetes.io/zone': 'z" + random.nextInt(2) + "'";
    }

    private String waypoint() {
        return join(
                maybe("'istio.io/use-waypoint': '" + pick("wp", "wp2", "none", "gone") + "'"),
                rarely("'istio.io/use-waypoint-namespace': 'a'"));
    }

    private String canary() {
        return rarely("'istio.io/use-waypoint-canary': 'wp2'");
    }

    private String canaryWeight() {
        return rarely("'istio.io/use-waypoint-canary-weight': '" + pick("10", "x") + "'");
    }

    private String pick(String... choice) {
        return choice[random.nextInt(choice.length)];
    }

    private String maybe(String text) {
        return random.nextBoolean() ? text : "";
    }

    private String rarely(String text) {
        return random.nextInt(5) == 0 ? text : "";
    }

    private static String join(String... parts) {
        return String.join(
                ", ", List.of(parts).stream().filter(part -> !part.isEmpty()).toList());
    }

    private HasMetadata read(
            Class<? extends HasMetadata> kind,
            String namespace,
            String name,
            String labels,
            String annotations,
            String rest) {
        String home = namespace.isEmpty() ? "" : "namespace: '" + namespace + "', ";
        String created = "creationTimestamp: '2026-01-0" + (1 + random.nextInt(5)) + "T00:00:00Z', ";
        String json = "{metadata: {" + home + created + "name: '" + name + "', labels: {" + labels + "}, annotations: {"
                + annotations + "}}" + (rest.isEmpty() ? "" : ", " + rest) + "}";
        try {
            return MAPPER.readValue(json, kind);
        } catch (JsonProcessingException bad) {
            throw new IllegalArgumentException(json, bad);
        }
    }
}
