package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A mesh whose control plane and node agents read a real API server: objects are written to it as anybody writes them, and
 * whoever made the node proxies, traffic obeys.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@SuppressWarnings("NullAway.Init") // set before each invocation of the class
abstract class ClusterScenarios {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final InetSocketAddress PAYMENTS_SERVICE =
            new InetSocketAddress(ClusterUnderTest.SERVICE_ADDRESSES + "3", 80);
    private static final String GUARD = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: guard, namespace: shop}
            spec:
              selector: {matchLabels: {app: payments}}
              action: ALLOW
              rules: [{from: [{source: {principals: [cluster.local/ns/shop/sa/catalog]}}]}]
            """;
    private static final String LATE = """
            apiVersion: v1
            kind: Pod
            metadata: {name: late, namespace: shop, labels: {app: late}}
            spec: {nodeName: node-a, serviceAccountName: late, containers: [{name: app, image: late}]}
            status: {phase: Running, podIP: 10.78.1.4, podIPs: [{ip: 10.78.1.4}]}
            """;

    static ClusterUnderTest cluster;
    static MeshUnderTest mesh;

    static void start(Set<String> peerNodes) {
        cluster = ClusterUnderTest.start();
        mesh = MeshUnderTest.start(MeshSetup.of(cluster, peerNodes));
    }

    static void stop() {
        if (mesh != null) {
            mesh.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @AfterEach
    void nobodyDied() {
        mesh.expectAllAlive();
    }

    @Test
    void podsCallEachOtherInTunnelsByAddressAndByService() {
        mesh.call("shop-cart", "shop-payments", "shop-payments hears 10.78.1.1");
        mesh.call("shop-payments", "shop-catalog", "shop-catalog hears 10.78.2.1");
        Await.asserted(
                SOON,
                () -> assertThat(mesh.machine("shop-cart").get(PAYMENTS_SERVICE))
                        .isEqualTo("shop-payments hears 10.78.1.1"));
        Await.asserted(SOON, () -> assertThat(tunnelled("node-b")).isPositive());
        assertThat(mesh.get("legacy-scanner", "shop-reviews")).isEqualTo("shop-reviews hears 10.78.1.3");
    }

    private static double tunnelled(String node) {
        Pod machine = mesh.machine(node);
        return machine.get(new InetSocketAddress(machine.address(), 15_020), "/metrics")
                .lines()
                .filter(line -> line.startsWith("istio_tcp_connections_opened_total{")
                        && line.contains("reporter=\"destination\"")
                        && line.contains("connection_security_policy=\"mutual_tls\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void aPolicyIsObeyedWhileItIsThereAndItsStatusSaysSo() {
        cluster.write(GUARD);
        try {
            Await.asserted(
                    SOON,
                    () -> assertThat(mesh.get("shop-cart", "shop-payments")).startsWith("failed"));
            mesh.call("shop-catalog", "shop-payments", "shop-payments hears 10.78.1.2");
            Await.asserted(
                    SOON,
                    () -> assertThat(cluster.reason(object(GUARD), "ZtunnelAccepted"))
                            .isEqualTo("Accepted"));
        } finally {
            cluster.admin().resource(object(GUARD)).delete();
        }
        Await.asserted(
                SOON,
                () -> assertThat(mesh.get("shop-cart", "shop-payments")).isEqualTo("shop-payments hears 10.78.1.1"));
    }

    private static HasMetadata object(String yaml) {
        return cluster.admin()
                .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .items()
                .getFirst();
    }

    @Test
    void aPodThatIsCreatedIsEnrolledAndItsAnnotationSaysSo() {
        cluster.write(LATE);
        try {
            Await.asserted(
                    SOON,
                    () -> assertThat(cluster.annotation("shop", "late", "ambient.istio.io/redirection"))
                            .isEqualTo("enabled"));
            double before = tunnelled("node-b");
            mesh.call("shop-late", "shop-payments", "shop-payments hears 10.78.1.4");
            Await.asserted(SOON, () -> assertThat(tunnelled("node-b")).isGreaterThan(before));
        } finally {
            cluster.deletePod("shop", "late");
        }
    }

    @Test
    void withoutItsApiServerTheMeshGoesOnAndCatchesUp() throws IOException {
        try (Socket open =
                mesh.machine("shop-cart").connect(mesh.machine("shop-payments").application())) {
            assertThat(Pod.get(open, "/")).isEqualTo("shop-payments hears 10.78.1.1");
            cluster.restart();
            assertThat(Pod.get(open, "/")).as("what was open goes on").isEqualTo("shop-payments hears 10.78.1.1");
        }
        mesh.call("shop-cart", "shop-payments", "shop-payments hears 10.78.1.1");

        cluster.write(GUARD);
        try {
            Await.asserted(
                    Duration.ofSeconds(30),
                    () -> assertThat(mesh.get("shop-cart", "shop-payments")).startsWith("failed"));
        } finally {
            cluster.admin().resource(object(GUARD)).delete();
        }
        Await.asserted(
                SOON,
                () -> assertThat(mesh.get("shop-cart", "shop-payments")).isEqualTo("shop-payments hears 10.78.1.1"));
    }
}
