package dev.ambit.adapters.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.configuration.ConfigurationProblem;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.systemtests.cluster.ApiServer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The source stays right while the API server is away, forgets, refuses or learns new kinds. */
@Timeout(180)
class ClusterFailureTest {
    private static final PolicyName GUARD = new PolicyName("shop", "guard");
    private static final String SECURITY = "security.istio.io";

    @SuppressWarnings("NullAway.Init")
    private static ApiServer server;

    private final Deliveries heard = new Deliveries();

    @SuppressWarnings("NullAway.Init")
    private TestCluster cluster;

    @BeforeAll
    static void start() {
        server = ApiServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        cluster = TestCluster.of(server);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private ClusterConfigurationSource source(ClusterConnection connection) {
        var statuses = new ClusterStatusWriter(connection, Clock.systemUTC(), new RecordingTelemetry());
        var source = new ClusterConfigurationSource(connection, DerivationOptions.defaults(), statuses);
        cluster.closeLater(source);
        return source;
    }

    private static String pod(String name, String ip) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: shop}
                spec: {nodeName: node-a}
                status: {podIP: %s}
                """.formatted(name, ip);
    }

    private static String policy() {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: guard, namespace: shop}
                spec:
                  action: ALLOW
                  rules:
                    - from: [{source: {ipBlocks: [10.0.0.0/8]}}]
                """;
    }

    private static boolean has(MeshState state, String pod) {
        return state.workloads().containsKey(WorkloadUid.ofPod("Kubernetes", "shop", pod));
    }

    @Test
    void goesOnWhenTheServerIsBack() {
        source(cluster.controlPlane()).start(heard);
        cluster.write("before", pod("before", "10.0.0.1"));
        heard.await("before", state -> has(state, "before"));

        server.stopServer();
        heard.awaitProblems(
                "the outage",
                problems -> problems.stream().anyMatch(it -> it.why().contains("cannot be reached")));
        server.startAgain();
        cluster.write("after", pod("after", "10.0.0.2"));
        MeshState state = heard.await("after", now -> has(now, "after"));
        heard.awaitProblems("no problem any more", List::isEmpty);

        assertThat(has(state, "before")).isTrue();
    }

    @Test
    void listsAgainWhatItCannotCatchUpWith() {
        source(cluster.controlPlane(Duration.ofSeconds(3))).start(heard);
        cluster.write("gone", pod("gone", "10.0.0.1"));
        cluster.write("changed", pod("changed", "10.0.0.2"));
        heard.await("both", state -> has(state, "gone") && has(state, "changed"));

        server.stopServer();
        server.startAgain();
        cluster.delete("gone");
        cluster.write("changed", pod("changed", "10.0.0.3"));
        server.compact();
        server.stopServer();
        server.startAgain();
        MeshState state = heard.await(
                "the change",
                now -> !has(now, "gone")
                        && now.workloads().values().stream()
                                .anyMatch(workload ->
                                        workload.addresses().toString().contains("10.0.0.3")));

        assertThat(has(state, "changed")).isTrue();
    }

    @Test
    void kindsThatAreInstalledLaterCount() {
        source(cluster.controlPlane()).start(heard);
        assertThat(heard.state().policies()).isEmpty();

        server.installCrds(SECURITY);
        cluster.write("guard", policy());
        heard.await("the policy", state -> state.policies().containsKey(GUARD));
        cluster.admin().apiextensions().v1().customResourceDefinitions().list().getItems().stream()
                .filter(definition -> definition.getSpec().getGroup().equals(SECURITY))
                .forEach(definition -> cluster.admin().resource(definition).delete());
        heard.await("no policy", state -> state.policies().isEmpty());
    }

    @Test
    void aMissingRightIsToldInOneLineAndFoundWhenItIsGranted() {
        cluster.grant("control-plane");
        ClusterConnection connection = cluster.controlPlane();
        cluster.revoke("control-plane");
        var source = source(connection);
        var started = new CompletableFuture<Void>();
        Thread.ofVirtual().start(() -> {
            source.start(heard);
            started.complete(null);
        });

        heard.awaitProblems("all kinds", problems -> problems.size() >= 7);
        List<ConfigurationProblem> pods =
                heard
                        .awaitProblems(
                                "pods",
                                problems -> problems.stream()
                                        .anyMatch(it -> it.object().equals("Pod")))
                        .stream()
                        .filter(problem -> problem.object().equals("Pod"))
                        .toList();
        assertThat(pods)
                .singleElement()
                .satisfies(problem -> assertThat(problem.why())
                        .contains("forbids", "/api/v1/pods", "rbac.yaml")
                        .doesNotContain("\n"));
        assertThat(source.pending()).anySatisfy(line -> assertThat(line).startsWith("Pod: the API server forbids"));
        assertThat(heard.count()).isZero();

        cluster.grant("control-plane");
        heard.awaitProblems("no problem any more", List::isEmpty);
        started.join();
        assertThat(source.pending()).isEmpty();
    }
}
