package dev.ambit.services.ztunnel.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the servers make of requests as HTTP has them, and as it has not. */
@Timeout(60)
final class HttpBoundsTest {
    private static final RunningServers SERVERS = new RunningServers();

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws IOException {
        SERVERS.start(folder);
    }

    @AfterAll
    static void stop() {
        SERVERS.close();
    }

    @Test
    void metricsAreCompressedForThoseWhoWantIt() throws Exception {
        var request = HttpRequest.newBuilder(SERVERS.uri("STATS_PORT", "/metrics"))
                .header("Accept-Encoding", "br, gzip;q=0.8")
                .header("Accept", "application/openmetrics-text;version=1.0.0")
                .build();
        HttpResponse<byte[]> response = RunningServers.CLIENT.send(request, BodyHandlers.ofByteArray());

        assertThat(response.headers().firstValue("content-encoding")).hasValue("gzip");
        assertThat(response.headers().firstValue("content-type"))
                .hasValue("application/openmetrics-text;charset=utf-8;version=1.0.0");
        try (var plain = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            assertThat(new String(plain.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("istio_build{component=\"ztunnel\"", "# EOF");
        }
        assertThat(SERVERS.get("STATS_PORT", "/metrics").headers().firstValue("content-encoding"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"gzip, gzip", "'br, zstd, gzip;q=0.1', gzip", "'br, zstd', ''", "'', ''"})
    void theDumpIsCompressedForThoseWhoWantIt(String accepted, String coding) throws Exception {
        var request = HttpRequest.newBuilder(SERVERS.uri("ADMIN_PORT", "/config_dump"));
        if (!accepted.isEmpty()) {
            request.header("Accept-Encoding", accepted);
        }
        HttpResponse<byte[]> response = RunningServers.CLIENT.send(request.build(), BodyHandlers.ofByteArray());

        assertThat(response.headers().firstValue("content-encoding").orElse("")).isEqualTo(coding);
        try (InputStream body = coding.isEmpty()
                ? new ByteArrayInputStream(response.body())
                : new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).contains("\"workloads\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"READINESS_PORT", "STATS_PORT", "ADMIN_PORT"})
    void whoDawdlesOverAHeadIsCutOff(String server) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), SERVERS.port(server))) {
            socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aHeadOfMoreThanEightKilobytesIsCutOff() {
        var request = HttpRequest.newBuilder(SERVERS.uri("ADMIN_PORT", "/"))
                .header("X-Long", "a".repeat(9_000))
                .build();

        assertThatThrownBy(() -> RunningServers.CLIENT.send(request, BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
    }

    /** Whatever comes, there is one answer or none (-), and the next client is served. */
    @ParameterizedTest
    @CsvSource({
        "GET HTTP/1.1, 400",
        "GET  / HTTP/1.1, 404",
        "GET /a|b HTTP/1.1, 400",
        "GET /%zz HTTP/1.1, 400",
        "GET /% HTTP/1.1, 400",
        "GET /explain?port=% HTTP/1.1, 400",
        "GET /explain?port=%4 HTTP/1.1, 400",
        "GET /explain?port=%zz HTTP/1.1, 400",
        "GET /explain?port=%ff HTTP/1.1, 400",
        "CONNECT 10.0.0.1:80 HTTP/1.1, 400",
        "CONNECT pod:80 HTTP/1.1, -",
        "GET mailto:somebody HTTP/1.1, -",
        "OPTIONS * HTTP/1.1, 404",
        "GET nowhere HTTP/1.1, 404",
        "GET /../ HTTP/1.1, 404",
        "GET http://elsewhere/ HTTP/1.1, 200",
        "PUT / HTTP/1.1, 405",
        "get / HTTP/1.1, 405"
    })
    void requestLines(String line, String status) throws IOException {
        String answer = answer("ADMIN_PORT", line + "\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith(status.equals("-") ? "" : "HTTP/1.1 " + status + " ");
        assertThat(answer.isEmpty()).isEqualTo(status.equals("-"));
        assertThat(answer("ADMIN_PORT", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"READINESS_PORT /healthz/ready", "STATS_PORT /metrics", "ADMIN_PORT /config_dump"})
    void aHeadHasNoBody(String serverAndPath) throws IOException {
        String[] both = serverAndPath.split(" ", -1);
        String answer = answer(both[0], "HEAD " + both[1] + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 ")
                .containsIgnoringCase("content-type: ")
                .endsWith("\r\n\r\n");
        assertThat(answer.indexOf("\r\n\r\n")).isEqualTo(answer.length() - 4);
    }

    /** Nothing of such a head is answered, or 400 is: what counts is that it ends and that nobody else notices. */
    @ParameterizedTest
    @ValueSource(strings = {"READINESS_PORT", "STATS_PORT", "ADMIN_PORT"})
    void aHugeHeadIsCutOff(String server) throws IOException, InterruptedException {
        for (String head : List.of(
                "GET /" + "a".repeat(2_000_000) + " HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nX: " + "a".repeat(2_000_000) + "\r\n\r\n",
                "GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(300_000) + "\r\n",
                "\0".repeat(2_000_000))) {
            assertThat(answer(server, head)).doesNotContain(" 200 ");
        }
        assertThat(SERVERS.get(server, "/nowhere").statusCode()).isEqualTo(404);
    }

    /** All that comes back for these bytes until the server ends the connection. */
    private static String answer(String server, String bytes) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), SERVERS.port(server))) {
            socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
            var heard = new ByteArrayOutputStream();
            try {
                socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
                socket.getInputStream().transferTo(heard);
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException _) {
                // Cut off while something was still on its way: what was heard until then counts.
            }
            return heard.toString(StandardCharsets.ISO_8859_1);
        }
    }
}
