package dev.ambit.services.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.xds.load.Arrival;
import dev.ambit.adapters.xds.load.LoadSubscriber;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real servers of a control plane, with a folder of manifests. */
@Timeout(60)
final class ServersTest {
    private static final Map<String, Integer> PORTS = new HashMap<>();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private static Path folder;

    private static ApplicationContext context;

    @BeforeAll
    static void start() throws IOException {
        Path manifests = Files.createDirectories(folder.resolve("manifests"));
        Files.writeString(manifests.resolve("shop.yaml"), """
                apiVersion: v1
                kind: Service
                metadata: {name: cart, namespace: shop}
                spec: {clusterIP: 10.96.0.1, ports: [{name: http, port: 80}]}
                """);
        var environment = new HashMap<String, Object>(Map.of(
                "CONFIG_SOURCE", "manifests",
                "MANIFESTS_DIR", manifests.toString(),
                "POD_STATUS_DIR", folder.resolve("status").toString(),
                // No less than gRPC takes; and so much later what is left is ended.
                "KEEPALIVE_MAX_SERVER_CONNECTION_AGE", "1s",
                "GRPC_SERVER_KEEP_ALIVE_TIMEOUT", "1s",
                "CA_DIR", folder.resolve("ca").toString(),
                "TOKENS_DIR", folder.resolve("tokens").toString(),
                "TRUST_BUNDLE_FILE", folder.resolve("root.pem").toString()));
        for (String server :
                List.of("READINESS_PORT", "STATS_PORT", "ADMIN_PORT", "MONITORING_PORT", "XDS_PLAINTEXT_PORT")) {
            try (var free = new ServerSocket(0)) {
                PORTS.put(server, free.getLocalPort());
                environment.put(server, Integer.toString(free.getLocalPort()));
            }
        }
        context = TestContext.start(environment);
        context.getBean(EmbeddedServer.class).start();
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    private static HttpResponse<String> get(String server, String path) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORTS.get(server) + path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Subscribes without TLS until something has come, and is looked at while it is connected. */
    private static void subscribed(LookInside look) throws IOException, InterruptedException {
        var arrived = new CompletableFuture<Arrival>();
        var listener = new LoadSubscriber.Listener() {
            @Override
            public void arrived(LoadSubscriber subscriber, Arrival arrival) {
                if (arrival.resources() > 0) {
                    arrived.complete(arrival);
                }
            }

            @Override
            public void ended(LoadSubscriber subscriber, String why) {
                arrived.completeExceptionally(new AssertionError(why));
            }
        };
        var address =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), PORTS.getOrDefault("XDS_PLAINTEXT_PORT", 0));
        try (var subscriber = new LoadSubscriber(1, address, true, listener)) {
            subscriber.start(Map.of());
            Arrival arrival = arrived.orTimeout(20, TimeUnit.SECONDS).join();
            assertThat(arrival.versions()).containsKey("shop/cart.shop.svc.cluster.local");
            look.at();
        }
    }

    /** Subscribes without TLS with what it has already, and says how many resources came; then waits for the end. */
    private static Map<String, String> subscribedToTheEnd(Map<String, String> held, int expected) {
        var first = new CompletableFuture<Arrival>();
        var end = new CompletableFuture<String>();
        var listener = new LoadSubscriber.Listener() {
            @Override
            public void arrived(LoadSubscriber subscriber, Arrival arrival) {
                if (arrival.typeUrl().endsWith("Address")) {
                    first.complete(arrival);
                }
            }

            @Override
            public void ended(LoadSubscriber subscriber, String why) {
                end.complete(why);
            }
        };
        var address =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), PORTS.getOrDefault("XDS_PLAINTEXT_PORT", 0));
        try (var subscriber = new LoadSubscriber(2, address, true, listener)) {
            subscriber.start(held);
            Arrival arrival = first.orTimeout(20, TimeUnit.SECONDS).join();
            assertThat(arrival.resources()).isEqualTo(expected);
            assertThat(end.orTimeout(20, TimeUnit.SECONDS).join()).startsWith("UNAVAILABLE");
            return arrival.versions();
        }
    }

    @Test
    void aConnectionThatHasGrownOldIsEndedAndComingBackBringsNothing() {
        Map<String, String> held = subscribedToTheEnd(Map.of(), 1);

        assertThat(subscribedToTheEnd(held, 0)).isEmpty();
    }

    private interface LookInside {
        void at() throws IOException, InterruptedException;
    }

    @Test
    void plaintextDiscoveryOnLoopbackAndHowFarItsSubscribersAre() throws IOException, InterruptedException {
        subscribed(() -> {
            HttpResponse<String> syncz = get("MONITORING_PORT", "/debug/syncz");
            assertThat(syncz.statusCode()).isEqualTo(200);
            assertThat(syncz.body())
                    .contains("\"proxy\":\"ztunnel-1.istio-system\"", "\"cluster_id\":\"Kubernetes\"")
                    .contains("istio.workload.Address", "\"sent\":\"");
            assertThat(get("MONITORING_PORT", "/debug/syncz?namespace=shop").body())
                    .isEqualTo("[]");
        });
    }

    @Test
    void theMeshIsDumped() throws IOException, InterruptedException {
        HttpResponse<String> dump = get("MONITORING_PORT", "/debug/config_dump");

        assertThat(dump.statusCode()).isEqualTo(200);
        assertThat(dump.body()).contains("\"services\":[", "cart.shop.svc.cluster.local");
        assertThat(get("MONITORING_PORT", "/debug/config_dump?namespace=bank").body())
                .doesNotContain("cart");
    }

    @Test
    void metricsHaveIstiodsNames() throws IOException, InterruptedException {
        subscribed(() -> assertThat(get("MONITORING_PORT", "/metrics").body())
                .contains("\npilot_xds 1", "pilot_xds_pushes{type=\"wds\"}", "pilot_xds_push_time_bucket"));
    }

    @Test
    void whatIsForOnePortIsNotOnAnother() throws IOException, InterruptedException {
        assertThat(get("READINESS_PORT", "/debug/syncz").statusCode()).isEqualTo(404);
        assertThat(get("STATS_PORT", "/debug/config_dump").statusCode()).isEqualTo(404);
        assertThat(get("MONITORING_PORT", "/ca").statusCode()).isEqualTo(404);
    }
}
