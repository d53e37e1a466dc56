package dev.ambit.services.ztunnel.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers where the mesh's configuration puts them, and their routes with them. */
@Timeout(60)
final class MeshPortsTest {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Path folder;
    private final int admin = free();
    private final int stats = free();
    private final int readiness = free();

    MeshPortsTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
    }

    private static int free() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void serversAndTheirRoutesMoveTogether() throws Exception {
        Map<String, Object> environment = Map.of(
                "PROXY_CONFIG",
                "{\"proxyAdminPort\": " + admin + ", \"statsPort\": " + stats + "}",
                "READINESS_PORT",
                Integer.toString(readiness),
                "INPOD_UDS",
                folder.resolve("ztunnel.sock").toString(),
                "XDS_ADDRESS",
                "https://127.0.0.1:1",
                "CA_ADDRESS",
                "https://127.0.0.1:1",
                "AUTH_TOKEN",
                "");
        try (var context = ApplicationContext.builder()
                .propertySources(PropertySource.of(
                        "variables",
                        environment,
                        PropertyConvention.ENVIRONMENT_VARIABLE,
                        PropertySource.Origin.of("test")))
                .start()) {
            context.getBean(WebServers.class).start();

            assertThat(status(admin, "/config_dump")).isEqualTo(200);
            assertThat(status(admin, "/metrics")).isEqualTo(404);
            assertThat(status(stats, "/metrics")).isEqualTo(200);
            assertThat(status(stats, "/config_dump")).isEqualTo(404);
            assertThat(status(readiness, "/healthz/ready")).isEqualTo(500);
        }
    }

    private static int status(int port, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString()).statusCode();
    }
}
