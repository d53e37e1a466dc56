package dev.ambit.adapters.k8s.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.translate.DerivationFeatures;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.k8s.translate.ServiceSharing;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.systemtests.cluster.ApiServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two real API servers, one mesh, with the rights that are shipped for either. */
@Timeout(180)
class RemoteClustersTest {
    private static final DerivationOptions OPTIONS =
            DerivationOptions.defaults().with(DerivationFeatures.defaults().with(ServiceSharing.OFF.on()));
    private static final NamespacedHostname CART = new NamespacedHostname("shop", "cart.shop.svc.cluster.local");
    private static final RemoteClusterOptions PATIENT = new RemoteClusterOptions(Duration.ofMinutes(2), 2);

    @SuppressWarnings("NullAway.Init")
    private static ApiServer east;

    @SuppressWarnings("NullAway.Init")
    private static ApiServer west;

    private final Deliveries heard = new Deliveries();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();

    @SuppressWarnings("NullAway.Init")
    private TestCluster here;

    @SuppressWarnings("NullAway.Init")
    private TestCluster there;

    @BeforeAll
    static void start() {
        east = ApiServer.start();
        west = ApiServer.start();
        east.installCrds();
        west.installCrds("gateway.networking.k8s.io");
    }

    @AfterAll
    static void stop() {
        east.close();
        west.close();
    }

    @BeforeEach
    void open() {
        here = TestCluster.of(east);
        there = TestCluster.of(west);
        here.grant("control-plane", "remote-clusters-rbac.yaml");
        there.grant("control-plane", "remote-reader-rbac.yaml");
    }

    @AfterEach
    void close() {
        here.close();
        there.close();
    }

    private ClusterConfigurationSource source(RemoteClusterOptions options) {
        ClusterConnection connection = here.controlPlane();
        var statuses = new ClusterStatusWriter(connection, Clock.systemUTC(), telemetry);
        var source = new ClusterConfigurationSource(connection, OPTIONS, statuses, options, telemetry);
        here.closeLater(source);
        return source;
    }

    private static String readerKubeconfig() {
        try {
            return Files.readString(west.kubeconfig(west.token("istio-system", "istio-reader-service-account")), UTF_8)
                    .replace("certificate-authority: \"" + west.caFile() + "\"", "certificate-authority-data: " + ca());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String ca() throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(west.caFile()));
    }

    private void secret(String name, Map<String, String> kubeconfigs) {
        var data = new StringBuilder();
        new TreeMap<>(kubeconfigs)
                .forEach((cluster, text) -> data.append("  ")
                        .append(cluster)
                        .append(": ")
                        .append(Base64.getEncoder().encodeToString(text.getBytes(UTF_8)))
                        .append('\n'));
        here.write(name, """
                apiVersion: v1
                kind: Secret
                metadata: {name: %s, namespace: istio-system, labels: {istio/multiCluster: 'true'}}
                data:
                %s""".formatted(name, data));
    }

    private static String pod(String name, String ip) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: shop, labels: {app: cart}}
                spec: {nodeName: node-a, serviceAccountName: cart}
                status: {podIP: %s}
                """.formatted(name, ip);
    }

    private static String cart() {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: cart, namespace: shop, labels: {istio.io/global: 'true'}}
                spec: {selector: {app: cart}, ports: [{name: web, port: 80, targetPort: 8080}]}
                """;
    }

    private static boolean has(MeshState state, String cluster, String pod) {
        return state.workloads().containsKey(WorkloadUid.ofPod(cluster, "shop", pod));
    }

    @Test
    void podsOfAnotherClusterComeChangeAndGoWithItsSecret() {
        here.write("cart", cart());
        there.write("cart", cart());
        there.write("a", pod("a", "10.2.0.1"));
        secret("west", Map.of("west", readerKubeconfig(), "Kubernetes", readerKubeconfig()));
        source(PATIENT).start(heard);

        MeshState first = heard.state();
        assertThat(heard.count()).as("the first state has the other cluster").isEqualTo(1);
        assertThat(has(first, "west", "a")).isTrue();
        MeshService cart = Objects.requireNonNull(first.services().get(CART));
        assertThat(cart.addresses()).hasSizeBetween(1, 2);
        heard.awaitProblems(
                "oneself is no other",
                problems ->
                        problems.stream().anyMatch(each -> each.why().contains("'Kubernetes' is this cluster itself")));

        there.write("b", pod("b", "10.2.0.2"));
        heard.await("another pod", state -> has(state, "west", "b"));
        there.delete("a");
        heard.await("one less", state -> !has(state, "west", "a"));

        here.delete("west");
        heard.await("nothing of it", state -> !has(state, "west", "b"));
    }

    @Test
    void aClusterThatDoesNotAnswerHoldsUpNothingAndCountsWhenItDoes() {
        here.write("local", pod("local", "10.1.0.1"));
        there.write("a", pod("a", "10.2.0.1"));
        secret("west", Map.of("west", readerKubeconfig()));
        west.stopServer();
        var source = source(new RemoteClusterOptions(Duration.ofMillis(500), 2));
        source.start(heard);
        assertThat(has(heard.state(), "Kubernetes", "local")).isTrue();
        assertThat(source.pending()).isEmpty();
        assertThat(telemetry.counted(Counter.REMOTE_CLUSTER_TIMEOUTS)).isEqualTo(1);
        heard.awaitProblems(
                "the outage",
                problems -> problems.stream()
                        .anyMatch(each -> each.where().startsWith("cluster west")
                                && each.why().contains("cannot be reached")));

        west.startAgain();
        heard.await("its pod", state -> has(state, "west", "a"));
        heard.awaitProblems("no problem any more", List::isEmpty);
    }

    @Test
    void whatItHadStaysWhileItIsAwayAndIsListedAgain() {
        there.write("a", pod("a", "10.2.0.1"));
        secret("west", Map.of("west", readerKubeconfig()));
        source(PATIENT).start(heard);
        heard.await("its pod", state -> has(state, "west", "a"));

        west.stopServer();
        heard.awaitProblems("the outage", problems -> !problems.isEmpty());
        here.write("local", pod("local", "10.1.0.1"));
        MeshState meanwhile = heard.await("a local pod", state -> has(state, "Kubernetes", "local"));
        assertThat(has(meanwhile, "west", "a")).isTrue();

        west.startAgain();
        there.delete("a");
        there.write("b", pod("b", "10.2.0.2"));
        heard.await("what there is now", state -> has(state, "west", "b") && !has(state, "west", "a"));
    }

    @Test
    void aNewKubeconfigTakesOverWithoutAGapAndABadOneLeavesTheOldOne() {
        there.write("a", pod("a", "10.2.0.1"));
        secret("west", Map.of("west", readerKubeconfig()));
        source(PATIENT).start(heard);
        heard.await("its pod", state -> has(state, "west", "a"));
        int count = heard.count();

        secret("west", Map.of("west", readerKubeconfig().replace("current-context", "# renewed\ncurrent-context")));
        there.write("b", pod("b", "10.2.0.2"));
        heard.await("another pod", state -> has(state, "west", "b"));
        assertThat(heard.count()).as("and nothing else changed").isEqualTo(count + 1);

        secret("west", Map.of("west", "users: [{name: a, user: {exec: {command: /bin/true}}}]"));
        heard.awaitProblems(
                "the refusal",
                problems -> problems.stream()
                        .anyMatch(each -> each.object().equals("Secret west")
                                && each.why().contains("is not used")));
        there.write("c", pod("c", "10.2.0.3"));
        heard.await("a third pod", state -> has(state, "west", "c"));
    }

    @Test
    void clustersAreBoundedAndOfSecretsThatNameOneTheFirstCounts() {
        there.write("a", pod("a", "10.2.0.1"));
        secret("one", Map.of("west", readerKubeconfig()));
        secret("two", Map.of("west", readerKubeconfig(), "w2", readerKubeconfig(), "w3", readerKubeconfig()));
        source(PATIENT).start(heard);

        assertThat(has(heard.state(), "west", "a")).isTrue();
        assertThat(has(heard.state(), "w2", "a")).isTrue();
        assertThat(has(heard.state(), "w3", "a")).isFalse();
        heard.awaitProblems(
                "both",
                problems -> problems.stream().anyMatch(each -> each.why().contains("already that of Secret one"))
                        && problems.stream().anyMatch(each -> each.why().contains("more than 2")));
    }

    @Test
    void withoutTheRightToReadSecretsThereAreNoOtherClusters() {
        here.write("local", pod("local", "10.1.0.1"));
        here.admin()
                .rbac()
                .roleBindings()
                .inNamespace("istio-system")
                .withName("ambit-control-plane-remote-clusters")
                .delete();
        source(new RemoteClusterOptions(Duration.ofMillis(500), 2)).start(heard);

        assertThat(has(heard.state(), "Kubernetes", "local")).isTrue();
        heard.awaitProblems(
                "what is missing",
                problems -> problems.stream()
                        .anyMatch(each ->
                                each.object().equals("Secret") && each.why().contains("forbids")));
    }
}
