package dev.ambit.services.ztunnel.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** The real servers of a ztunnel whose control plane and node agent are away: who answers what. */
@Timeout(60)
final class ServersTest {
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
    void logLevelsAreListedSetAndReset() throws Exception {
        assertThat(SERVERS.post("/logging")).isEqualTo("200 current log level is info\n");
        assertThat(SERVERS.post("/logging?level=access=debug"))
                .isEqualTo("200 current log level is access=debug,info\n");
        assertThat(LoggerFactory.getLogger("access").isDebugEnabled()).isTrue();
        assertThat(SERVERS.post("/logging?level=warn")).isEqualTo("200 current log level is access=debug,warn\n");
        assertThat(SERVERS.post("/logging?level=bad")).startsWith("400 Invalid level provided: bad\n");
        assertThat(SERVERS.post("/logging?level=access=loud")).startsWith("400 Invalid level");
        assertThat(SERVERS.post("/logging?reset&level=error")).isEqualTo("200 current log level is error\n");
        assertThat(SERVERS.post("/logging?reset")).isEqualTo("200 current log level is info\n");
        assertThat(LoggerFactory.getLogger("access").isDebugEnabled()).isFalse();
        HttpResponse<String> got = SERVERS.get("ADMIN_PORT", "/logging");
        assertThat(got.statusCode()).isEqualTo(405);
        assertThat(got.body()).contains("usage: POST /logging");
    }

    @Test
    void onlyAPostEndsTheProcess() throws Exception {
        assertThat(SERVERS.get("ADMIN_PORT", "/quitquitquit").statusCode()).isEqualTo(405);
        assertThat(SERVERS.ends()).isEmpty();
        assertThat(SERVERS.post("/quitquitquit")).isEqualTo("200 shutdown now\n");
        assertThat(SERVERS.ends()).containsExactly("POST /quitquitquit");
    }

    @ParameterizedTest
    @CsvSource({
        "ADMIN_PORT, /, 200",
        "ADMIN_PORT, /nowhere, 404",
        "ADMIN_PORT, /metrics, 404",
        "ADMIN_PORT, /healthz/ready, 404",
        "ADMIN_PORT, /debug/pprof/profile?seconds=0, 400",
        "ADMIN_PORT, /debug/pprof/profile?seconds=301, 400",
        "ADMIN_PORT, /debug/pprof/profile?frequency=fast, 400",
        "ADMIN_PORT, /debug/pprof/profile?of=everything, 400",
        "ADMIN_PORT, /debug/pprof/allocs?seconds=-1, 400",
        "ADMIN_PORT, /debug/pprof/heap/profiling?activate=true, 200",
        "STATS_PORT, /debug/pprof/heap, 404",
        "STATS_PORT, /metrics, 200",
        "STATS_PORT, /stats/prometheus, 200",
        "STATS_PORT, /config_dump, 404",
        "READINESS_PORT, /healthz/ready, 500",
        "READINESS_PORT, /config_dump, 404",
        "READINESS_PORT, /quitquitquit, 404"
    })
    void eachServerHasItsOwnPathsAndNoOthers(String server, String path, int status) throws Exception {
        HttpResponse<String> response = SERVERS.get(server, path);

        assertThat(response.statusCode()).isEqualTo(status);
        if (status == 404) {
            assertThat(response.body()).isEmpty();
        }
    }

    /** What pprof reads begins with gzip's mark; the profiler's own test reads on. */
    @Test
    void profilesAreTakenOneAtATime() throws Exception {
        var profile = HttpRequest.newBuilder(SERVERS.uri("ADMIN_PORT", "/debug/pprof/profile?seconds=2"))
                .build();
        var heap = HttpRequest.newBuilder(SERVERS.uri("ADMIN_PORT", "/debug/pprof/heap"))
                .build();
        var first = RunningServers.CLIENT.sendAsync(profile, BodyHandlers.ofByteArray());
        HttpResponse<byte[]> second = RunningServers.CLIENT.send(heap, BodyHandlers.ofByteArray());
        while (second.statusCode() == 200 && !first.isDone()) {
            second = RunningServers.CLIENT.send(heap, BodyHandlers.ofByteArray());
        }

        // Whichever came first, the two did not go on at the same time.
        List<HttpResponse<byte[]>> both = List.of(first.get(), second);
        assertThat(both).anySatisfy(refused -> {
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(new String(refused.body(), StandardCharsets.UTF_8)).contains("a profile is being taken");
        });
        assertThat(RunningServers.CLIENT.send(heap, BodyHandlers.ofByteArray()).body())
                .startsWith(0x1f, 0x8b);
    }

    @Test
    void whatIsNotReadyIsNamed() throws Exception {
        assertThat(SERVERS.get("READINESS_PORT", "/healthz/ready").body())
                .startsWith("not ready, pending: ")
                .contains("workload proxy manager")
                .doesNotContain("dns proxy");
    }
}
