package dev.ambit.services.ztunnel.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.AuthorizationPolicy.Clause;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.Match;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.policy.ServiceAccountMatch;
import dev.ambit.domain.policy.StringMatch;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.CanonicalService;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The real servers of a ztunnel whose control plane and node agent are away. */
@Timeout(60)
final class ServersTest {
    private static final List<String> ENDS = new CopyOnWriteArrayList<>();
    private static final Map<String, Integer> PORTS = new HashMap<>();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private static Path folder;

    private static ApplicationContext context;

    /** Notes that the process was asked to end, instead of ending the tests. */
    @Singleton
    @Replaces(ProcessEnd.class)
    @Requires(property = "servers.test")
    static final class NotedEnd implements ProcessEnd {
        @Override
        public void begin(String why) {
            ENDS.add(why);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        var environment = new HashMap<String, Object>(Map.of(
                "NODE_NAME", "n1",
                "INPOD_UDS", folder.resolve("ztunnel.sock").toString(),
                "XDS_ADDRESS", "https://127.0.0.1:1",
                "CA_ADDRESS", "https://127.0.0.1:1",
                "XDS_HEADER_SECRET", "hush-hush",
                "AUTH_TOKEN", "hush-hush"));
        for (String server : List.of("READINESS_PORT", "STATS_PORT", "ADMIN_PORT")) {
            try (var free = new ServerSocket(0)) {
                PORTS.put(server, free.getLocalPort());
                environment.put(server, Integer.toString(free.getLocalPort()));
            }
        }
        context = ApplicationContext.builder()
                .properties(Map.of("servers.test", "true"))
                .propertySources(PropertySource.of(
                        "variables",
                        environment,
                        PropertyConvention.ENVIRONMENT_VARIABLE,
                        PropertySource.Origin.of("test")))
                .start();
        context.getBean(WebServers.class).start();
        context.getBean(CurrentMesh.class).changed(mesh());
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    private static List<MeshChange> mesh() {
        var key = new NamespacedHostname("shop", "cart.shop.svc.cluster.local");
        MeshService service = MeshService.plain(
                key,
                "cart",
                List.of(
                        VirtualAddress.of(new NetworkAddress("", IpAddress.of("10.96.0.1"))),
                        new VirtualAddress("other", Cidr.parse("10.97.0.0/24").orElseThrow())),
                List.of(new ServicePort(80, 8080, AppProtocol.UNKNOWN)));
        Workload client = pod("client", "10.0.0.1").build();
        Workload cart = pod("cart-0", "10.0.0.2")
                .workloadName("cart")
                .canonical(new CanonicalService("cart", "v1"))
                .services(Map.of(key, new PortMap(Map.of(80, 8080))))
                .policies(List.of(new PolicyName("shop", "only-bank")))
                .networkGateway(new GatewayReference.ByAddress(
                        new NetworkAddress("defaultnw", IpAddress.of("127.0.0.11")), 15_008))
                .build();
        Match bank = Match.EMPTY
                .withPrincipals(
                        new Match.Strings(List.of(StringMatch.of("*/ns/bank/sa/*x")), List.of(StringMatch.of("*"))))
                .withServiceAccounts(new Match.Accounts(List.of(new ServiceAccountMatch("bank", "teller")), List.of()))
                .withSourceIps(new Match.Blocks(List.of(Cidr.parse("10.0.0.0/8").orElseThrow()), List.of()))
                .withDestinationPorts(new Match.PortSet(Set.of(8080), Set.of(9999)));
        var policy = new AuthorizationPolicy(
                new PolicyName("shop", "only-bank"),
                AuthorizationPolicy.Scope.WORKLOAD_SELECTOR,
                AuthorizationPolicy.Action.ALLOW,
                false,
                List.of(new Rule(List.of(new Clause(List.of(bank))))));
        return List.of(
                new MeshChange.PolicyUpserted(policy),
                new MeshChange.ServiceUpserted(service),
                new MeshChange.WorkloadUpserted(client),
                new MeshChange.WorkloadUpserted(cart));
    }

    private static Workload.Builder pod(String name, String ip) {
        return Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", name), "shop", name)
                .addresses(List.of(IpAddress.of(ip)))
                .tunnelProtocol(TunnelProtocol.HBONE);
    }

    @Test
    void theConfigDumpHasTheKeysAndValuesThatIstioctlReads() throws Exception {
        HttpResponse<String> dump = get("ADMIN_PORT", "/config_dump");

        assertThat(dump.headers().firstValue("content-type").orElseThrow()).startsWith("application/json");
        String compact = dump.body().replaceAll("\\s+", "");
        assertThat(compact)
                .contains("\"policies\":[{\"name\":\"only-bank\",\"namespace\":\"shop\",\"scope\":\"WorkloadSelector\","
                        + "\"action\":\"Allow\",\"rules\":[[[{\"serviceAccounts\":[{")
                .contains("\"principals\":[{\"Suffix\":\"/ns/bank/sa/*x\"}],\"notPrincipals\":[{\"Presence\":[]}],"
                        + "\"sourceIps\":[\"10.0.0.0/8\"],\"destinationPorts\":[8080],\"notDestinationPorts\":[9999]}]]],"
                        + "\"dryRun\":false}]")
                .contains(
                        "\"services\":[{\"name\":\"cart\",\"namespace\":\"shop\",\"hostname\":\"cart.shop.svc.cluster.local\","
                                + "\"vips\":[\"/10.96.0.1\"],\"cidrVips\":[{\"network\":\"other\",\"cidr\":\"10.97.0.0/24\"}],"
                                + "\"ports\":{\"80\":8080},\"endpoints\":{\"Kubernetes//Pod/shop/cart-0\":{"
                                + "\"workloadUid\":\"Kubernetes//Pod/shop/cart-0\",\"port\":{\"80\":8080},\"status\":\"Healthy\"}},"
                                + "\"subjectAltNames\":[],\"canonical\":true,\"visibility\":\"Public\"}]")
                .contains(
                        "{\"workloadIps\":[\"10.0.0.2\"],\"networkGateway\":{\"destination\":\"defaultnw/127.0.0.11\","
                                + "\"hboneMtlsPort\":15008},\"protocol\":\"HBONE\",\"networkMode\":\"Standard\","
                                + "\"uid\":\"Kubernetes//Pod/shop/cart-0\",\"name\":\"cart-0\",\"namespace\":\"shop\","
                                + "\"trustDomain\":\"cluster.local\",\"serviceAccount\":\"default\",\"workloadName\":\"cart\","
                                + "\"workloadType\":\"pod\",\"canonicalName\":\"cart\",\"canonicalRevision\":\"v1\","
                                + "\"authorizationPolicies\":[\"shop/only-bank\"],\"status\":\"Healthy\","
                                + "\"clusterId\":\"Kubernetes\",\"services\":[\"shop/cart.shop.svc.cluster.local\"],\"capacity\":1}")
                .contains("\"stagedServices\":{}", "\"staticConfig\":{", "\"version\":{\"version\":", "\"config\":{")
                .contains("\"localNode\":\"n1\"", "\"selfTerminationDeadline\":{")
                .doesNotContain("hush");
    }

    @Test
    void aRefusedConnectionIsExplainedBeforeItIsMade() throws Exception {
        String json = get("ADMIN_PORT", "/explain?from=shop/client&to=cart.shop.svc.cluster.local&port=80")
                .body()
                .replaceAll("\\s+", " ");
        assertThat(json)
                .contains("\"outcome\" : \"denied\"")
                .contains("\"kind\" : \"service\"", "\"workload\" : \"shop/cart-0\"", "\"port\" : 8080")
                .contains("\"reason\" : \"policy_no_allow\"")
                .contains("\"field\" : \"serviceAccounts\"", "\"had\" : \"shop/default\"");

        HttpResponse<String> text = get("ADMIN_PORT", "/explain?from=shop/client&to=10.0.0.2&port=8080&format=text");
        assertThat(text.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain");
        assertThat(text.body())
                .startsWith("denied: no policy allows it, nearest shop/only-bank rule 1 clause 1: serviceAccounts has"
                        + " [bank/teller], connection has shop/default\n");
    }

    @ParameterizedTest
    @CsvSource({
        "/explain, parameter port is ''",
        "/explain?from=shop/client&to=10.0.0.2&port=0, parameter port is '0'",
        "/explain?from=nobody&to=10.0.0.2&port=1, parameter from is 'nobody'",
        "/explain?from=shop/gone&to=10.0.0.2&port=1, parameter from is 'shop/gone'",
        "/explain?from=spiffe://x&to=10.0.0.2&port=1, parameter from is 'spiffe://x'",
        "/explain?from=shop/client&to=nowhere&port=1, parameter to is 'nowhere'",
        "/explain?from=shop/client&port=1, parameter to is ''",
        "/explain?from=shop/client&to=10.0.0.2&port=1&format=xml, parameter format is 'xml'"
    })
    void aBadQuestionIsToldWhatIsWrongWithIt(String path, String why) throws Exception {
        HttpResponse<String> response = get("ADMIN_PORT", path);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).startsWith(why).contains("usage: GET /explain");
    }

    @Test
    void logLevelsAreListedSetAndReset() throws Exception {
        assertThat(post("/logging")).isEqualTo("200 current log level is info\n");
        assertThat(post("/logging?level=access=debug")).isEqualTo("200 current log level is access=debug,info\n");
        assertThat(LoggerFactory.getLogger("access").isDebugEnabled()).isTrue();
        assertThat(post("/logging?level=warn")).isEqualTo("200 current log level is access=debug,warn\n");
        assertThat(post("/logging?level=bad")).startsWith("400 Invalid level provided: bad\n");
        assertThat(post("/logging?level=access=loud")).startsWith("400 Invalid level");
        assertThat(post("/logging?reset&level=error")).isEqualTo("200 current log level is error\n");
        assertThat(post("/logging?reset")).isEqualTo("200 current log level is info\n");
        assertThat(LoggerFactory.getLogger("access").isDebugEnabled()).isFalse();
        HttpResponse<String> got = get("ADMIN_PORT", "/logging");
        assertThat(got.statusCode()).isEqualTo(405);
        assertThat(got.body()).contains("usage: POST /logging");
    }

    @Test
    void onlyAPostEndsTheProcess() throws Exception {
        assertThat(get("ADMIN_PORT", "/quitquitquit").statusCode()).isEqualTo(405);
        assertThat(ENDS).isEmpty();
        assertThat(post("/quitquitquit")).isEqualTo("200 shutdown now\n");
        assertThat(ENDS).containsExactly("POST /quitquitquit");
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
        HttpResponse<String> response = get(server, path);

        assertThat(response.statusCode()).isEqualTo(status);
        if (status == 404) {
            assertThat(response.body()).isEmpty();
        }
    }

    /** What pprof reads begins with gzip's mark; the profiler's own test reads on. */
    @Test
    void profilesAreTakenOneAtATime() throws Exception {
        var profile = HttpRequest.newBuilder(uri("ADMIN_PORT", "/debug/pprof/profile?seconds=2"))
                .build();
        var heap =
                HttpRequest.newBuilder(uri("ADMIN_PORT", "/debug/pprof/heap")).build();
        var first = CLIENT.sendAsync(profile, BodyHandlers.ofByteArray());
        HttpResponse<byte[]> second = CLIENT.send(heap, BodyHandlers.ofByteArray());
        while (second.statusCode() == 200 && !first.isDone()) {
            second = CLIENT.send(heap, BodyHandlers.ofByteArray());
        }

        // Whichever came first, the two did not go on at the same time.
        List<HttpResponse<byte[]>> both = List.of(first.get(), second);
        assertThat(both).anySatisfy(refused -> {
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(new String(refused.body(), StandardCharsets.UTF_8)).contains("a profile is being taken");
        });
        assertThat(CLIENT.send(heap, BodyHandlers.ofByteArray()).body()).startsWith(0x1f, 0x8b);
    }

    @Test
    void whatIsNotReadyIsNamed() throws Exception {
        assertThat(get("READINESS_PORT", "/healthz/ready").body())
                .startsWith("not ready, pending: ")
                .contains("workload proxy manager")
                .doesNotContain("dns proxy");
    }

    @Test
    void metricsAreCompressedForThoseWhoWantIt() throws Exception {
        var request = HttpRequest.newBuilder(uri("STATS_PORT", "/metrics"))
                .header("Accept-Encoding", "br, gzip;q=0.8")
                .header("Accept", "application/openmetrics-text;version=1.0.0")
                .build();
        HttpResponse<byte[]> response = CLIENT.send(request, BodyHandlers.ofByteArray());

        assertThat(response.headers().firstValue("content-encoding")).hasValue("gzip");
        assertThat(response.headers().firstValue("content-type"))
                .hasValue("application/openmetrics-text;charset=utf-8;version=1.0.0");
        try (var plain = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            assertThat(new String(plain.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("istio_build{component=\"ztunnel\"", "# EOF");
        }
        assertThat(get("STATS_PORT", "/metrics").headers().firstValue("content-encoding"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"gzip, gzip", "'br, zstd, gzip;q=0.1', gzip", "'br, zstd', ''", "'', ''"})
    void theDumpIsCompressedForThoseWhoWantIt(String accepted, String coding) throws Exception {
        var request = HttpRequest.newBuilder(uri("ADMIN_PORT", "/config_dump"));
        if (!accepted.isEmpty()) {
            request.header("Accept-Encoding", accepted);
        }
        HttpResponse<byte[]> response = CLIENT.send(request.build(), BodyHandlers.ofByteArray());

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
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port(server))) {
            socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aHeadOfMoreThanEightKilobytesIsCutOff() {
        var request = HttpRequest.newBuilder(uri("ADMIN_PORT", "/"))
                .header("X-Long", "a".repeat(9_000))
                .build();

        assertThatThrownBy(() -> CLIENT.send(request, BodyHandlers.ofString())).isInstanceOf(IOException.class);
    }

    private static String post(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri("ADMIN_PORT", path))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<String> response = CLIENT.send(request, BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    private static HttpResponse<String> get(String server, String path) throws IOException, InterruptedException {
        return CLIENT.send(HttpRequest.newBuilder(uri(server, path)).build(), BodyHandlers.ofString());
    }

    private static URI uri(String server, String path) {
        return URI.create("http://127.0.0.1:" + port(server) + path);
    }

    private static int port(String server) {
        Integer port = PORTS.get(server);
        if (port == null) {
            throw new IllegalStateException("no server " + server);
        }
        return port;
    }
}
