package dev.ambit.services.controlplane;

import static dev.ambit.services.controlplane.ClusterContext.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.services.controlplane.issuing.StartupGate;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import dev.ambit.systemtests.cluster.ApiServer;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service starts before its API server, or before it may read its root; the real servers, a real API server. */
@Timeout(180)
final class ClusterLateTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @SuppressWarnings("NullAway.Init")
    private static ApiServer server;

    private static Path kubeconfig;

    @TempDir
    private Path folder;

    private final Map<String, Integer> ports = new HashMap<>();

    @BeforeAll
    static void grant() {
        server = ApiServer.start();
        ClusterContext.prepare(server);
        kubeconfig = ClusterContext.kubeconfig(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void choosePorts() throws IOException {
        for (String port : new String[] {"READINESS_PORT", "STATS_PORT", "ADMIN_PORT", "MONITORING_PORT", "XDS_PORT"}) {
            try (var free = new ServerSocket(0)) {
                ports.put(port, free.getLocalPort());
            }
        }
    }

    private ApplicationContext context() {
        var environment = new HashMap<String, String>();
        ports.forEach((name, port) -> environment.put(name, Integer.toString(port)));
        return ClusterContext.start(kubeconfig, folder, environment);
    }

    private HttpResponse<String> get(String port, String path) {
        try {
            return CLIENT.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.get(port) + path))
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private boolean listens(String port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), ports.getOrDefault(port, 0))) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    /** Runs the servers, which come up one after the other, until the gate lets them. */
    private CompletableFuture<Void> servers(ApplicationContext context) {
        CompletableFuture<Void> up = CompletableFuture.runAsync(
                () -> context.getBean(EmbeddedServer.class).start());
        await(() -> listens("READINESS_PORT"));
        return up;
    }

    @Test
    void beforeItsApiServer() {
        server.stopServer();
        try (var context = context()) {
            CompletableFuture<Void> up = servers(context);

            HttpResponse<String> ready = get("READINESS_PORT", "/healthz/ready");
            assertThat(ready.statusCode()).isEqualTo(500);
            assertThat(ready.body())
                    .startsWith("not ready, pending: certificate authority\n")
                    .contains("Secret istio-system/istio-ca-secret")
                    .contains(server.url())
                    .contains("cannot be reached");
            assertThat(get("MONITORING_PORT", "/debug/syncz").statusCode()).isEqualTo(503);
            assertThat(get("ADMIN_PORT", "/ca").statusCode()).isEqualTo(503);
            assertThat(get("MONITORING_PORT", "/metrics").body()).contains("\nambit_start_waits 1");
            assertThat(up).isNotDone();
            assertThat(listens("XDS_PORT")).isFalse();

            server.startAgain();

            assertThat(up.orTimeout(60, TimeUnit.SECONDS)).succeedsWithin(Duration.ofSeconds(60));
            await(() -> listens("XDS_PORT"));
            await(context.getBean(PublishedMesh.class)::isLoaded);
            assertThat(get("READINESS_PORT", "/healthz/ready").statusCode()).isEqualTo(200);
            assertThat(get("MONITORING_PORT", "/debug/syncz").body()).isEqualTo("[]");
            assertThat(get("MONITORING_PORT", "/metrics").body()).contains("\nambit_start_waits 0");
        }
    }

    @Test
    void beforeItMayReadItsRoot() {
        RoleBinding right = server.admin()
                .rbac()
                .roleBindings()
                .inNamespace("istio-system")
                .withName("ambit-control-plane-certificates")
                .get();
        server.admin().resource(right).delete();
        right.getMetadata().setResourceVersion(null);
        right.getMetadata().setUid(null);
        try (var context = context()) {
            try {
                await(() -> context.getBean(StartupGate.class).waitingFor().contains("answers 403"));

                // Reading alone may be granted by the rights that following other clusters takes.
                assertThat(context.getBean(StartupGate.class).waitingFor())
                        .contains("Secret istio-system/istio-ca-secret", "grant get, create and update of secrets");
            } finally {
                server.admin().resource(right).create();
            }

            await(context.getBean(StartupGate.class)::isOpen);
            await(context.getBean(PublishedMesh.class)::isLoaded);
        }
    }

    /** The thread that waits holds what the end of the servers needs. */
    @Test
    void itCanBeEndedWhileItWaits() {
        server.stopServer();
        try {
            ApplicationContext context = context();
            CompletableFuture<Void> up = servers(context);

            assertThat(CompletableFuture.runAsync(context::close)).succeedsWithin(Duration.ofSeconds(30));

            assertThat(up).isCompletedExceptionally();
        } finally {
            server.startAgain();
        }
    }
}
