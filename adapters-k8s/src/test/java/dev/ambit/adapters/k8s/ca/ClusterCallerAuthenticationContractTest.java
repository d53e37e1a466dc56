package dev.ambit.adapters.k8s.ca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.k8s.cluster.ClusterConnection;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.ca.CallerAuthentication.Result;
import dev.ambit.ports.ca.CallerAuthenticationContract;
import dev.ambit.systemtests.cluster.BoundPods;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterCallerAuthenticationContractTest extends CallerAuthenticationContract {
    private static final String NAMESPACE = "istio-system";

    private final ClusterCallerAuthentication authentication = new ClusterCallerAuthentication(
            TestApi.controlPlane(), TrustDomain.CLUSTER_LOCAL, List.of("istio-ca", "other"), InstantSource.system());
    private final BoundPods pods = new BoundPods(TestApi.admin());
    private Pod proxy;

    @BeforeEach
    void begin() {
        TestApi.SERVER.token(NAMESPACE, "ztunnel");
        pods.delete(NAMESPACE, "ztunnel-x7");
        proxy = pod("ztunnel-x7");
    }

    @AfterEach
    void end() {
        pods.delete(NAMESPACE, "ztunnel-x7");
    }

    private Pod pod(String name) {
        return pods.create(NAMESPACE, name, "ztunnel", "node-a");
    }

    @Override
    protected CallerAuthentication authentication() {
        return authentication;
    }

    @Override
    protected Caller expected() {
        return new Caller(POD.identity(), "ztunnel-x7", proxy.getMetadata().getUid(), "node-a");
    }

    @Override
    protected String validToken() {
        return pods.token(proxy, "istio-ca");
    }

    @Override
    protected String endedToken() {
        String token = pods.token(pod("ztunnel-gone"), "istio-ca");
        pods.delete(NAMESPACE, "ztunnel-gone");
        return token;
    }

    @Test
    void aTokenForSomebodyElseProvesNothing() {
        assertRejected(pods.token(proxy, "vault"));
        assertRejected(TestApi.SERVER.token(NAMESPACE, "ztunnel"));
    }

    @Test
    void everyConfiguredAudienceWillDo() {
        assertThat(authentication.authenticate(pods.token(proxy, "other"))).isInstanceOf(Result.Authenticated.class);
    }

    @Test
    void aTokenThatIsBoundToNoPodProvesOnlyItsAccount() {
        assertThat(authentication.authenticate(TestApi.SERVER.token("shop", "cart", "istio-ca")))
                .isEqualTo(new Result.Authenticated(
                        new Caller(SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart"), "", "", "")));
    }

    @Test
    void anApiServerThatIsAwayLeavesItOpen(@TempDir Path folder) throws IOException {
        String kubeconfig =
                Files.readString(TestApi.SERVER.adminKubeconfig()).replace(TestApi.SERVER.url(), "https://127.0.0.1:1");
        Path nowhere = Files.writeString(folder.resolve("kubeconfig"), kubeconfig);
        try (ClusterConnection connection = TestApi.connection(nowhere)) {
            var cut = new ClusterCallerAuthentication(
                    connection, TrustDomain.CLUSTER_LOCAL, List.of("istio-ca"), InstantSource.system());

            assertThat(cut.authenticate(validToken()))
                    .isInstanceOfSatisfying(
                            Result.Undecided.class,
                            it -> assertThat(it.why()).contains("https://127.0.0.1:1", "cannot be reached"));
        }
    }

    @Test
    void whoMayNotReviewSaysWhatToGrant() {
        try (ClusterConnection connection =
                TestApi.connection(TestApi.SERVER.kubeconfig(TestApi.SERVER.token("shop", "nobody")))) {
            var forbidden = new ClusterCallerAuthentication(
                    connection, TrustDomain.CLUSTER_LOCAL, List.of("istio-ca"), InstantSource.system());

            assertThat(forbidden.authenticate(validToken()))
                    .isInstanceOfSatisfying(
                            Result.Undecided.class,
                            it -> assertThat(it.why()).contains("403", "grant create of tokenreviews"));
        }
    }

    /** Reviews that take their time, and more made-up tokens than may be reviewed at once. */
    @Test
    void aTokenThatWasAcceptedBeforeIsReviewedBesideAFlood(@TempDir Path folder) throws Exception {
        var now = new AtomicReference<>(Instant.now());
        try (var relay = new SlowRelay(URI.create(TestApi.SERVER.url()).getPort())) {
            String kubeconfig = Files.readString(TestApi.SERVER.adminKubeconfig())
                    .replace(TestApi.SERVER.url(), "https://127.0.0.1:" + relay.port());
            try (ClusterConnection connection =
                            TestApi.connection(Files.writeString(folder.resolve("kubeconfig"), kubeconfig));
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var slow = new ClusterCallerAuthentication(
                        connection, TrustDomain.CLUSTER_LOCAL, List.of("istio-ca"), now::get);
                String token = validToken();
                assertThat(slow.authenticate(token)).isInstanceOf(Result.Authenticated.class);
                now.updateAndGet(before -> before.plusSeconds(3_600));
                assertThat(slow.known(token)).as("an hour later").isEmpty();

                relay.hold();
                var flood = new ExecutorCompletionService<Result>(threads);
                for (int i = 0; i < 40; i++) {
                    String madeUp = "made." + i + ".up";
                    var _ = flood.submit(() -> slow.authenticate(madeUp));
                }
                // Those beyond the bound give up; from then on everybody waits who may.
                assertThat(flood.take().get()).isInstanceOf(Result.Undecided.class);
                Future<Result> renewing = threads.submit(() -> slow.authenticate(token));
                assertThat(slow.authenticate("made.up.later"))
                        .as("by now nobody waits for a place any more")
                        .isInstanceOf(Result.Undecided.class);
                relay.release();

                assertThat(renewing.get()).isInstanceOf(Result.Authenticated.class);
            }
        }
    }
}
