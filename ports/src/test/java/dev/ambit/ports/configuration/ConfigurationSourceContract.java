package dev.ambit.ports.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link ConfigurationSource} promises. Objects are written as YAML, one object at a time, by name. */
@Timeout(30)
public abstract class ConfigurationSourceContract {
    private static final WorkloadUid CART = WorkloadUid.ofPod("Kubernetes", "shop", "cart");
    private static final PolicyName GUARD = new PolicyName("shop", "guard");

    /** States the listener was given. */
    private final Observed<MeshState> states = new Observed<>();

    /** Lists of problems the listener was given. */
    private final Observed<List<ConfigurationProblem>> problems = new Observed<>();

    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger overlaps = new AtomicInteger();

    private final ConfigurationSource.Listener listener = new ConfigurationSource.Listener() {
        @Override
        public void derived(MeshState state) {
            alone(() -> states.add(state));
        }

        @Override
        public void problems(List<ConfigurationProblem> found) {
            alone(() -> problems.add(found));
        }
    };

    /** The source under test, not started; the same one for the whole test. Closed after each test. */
    protected abstract ConfigurationSource source();

    /** Creates or replaces an object. */
    protected abstract void write(String object, String yaml);

    protected abstract void delete(String object);

    @AfterEach
    void closeSource() {
        source().close();
    }

    private void alone(Runnable call) {
        if (inside.incrementAndGet() > 1) {
            overlaps.incrementAndGet();
        }
        call.run();
        inside.decrementAndGet();
    }

    @Test
    void startReturnsAfterTheFirstState() {
        write("cart", pod("cart", "10.0.0.1"));

        source().start(listener);

        assertThat(states.latest().workloads()).containsOnlyKeys(CART);
    }

    @Test
    void nothingConfiguredIsAnEmptyMesh() {
        source().start(listener);

        MeshState state = states.latest();
        assertThat(state.workloads()).isEmpty();
        assertThat(state.policies()).isEmpty();
        assertThat(state.pods()).isEmpty();
        assertThat(ofShop(state)).isEmpty();
        assertThat(problems.all()).isEmpty();
    }

    @Test
    void derivesWorkloadsServicesPoliciesAndPods() {
        write("cart", pod("cart", "10.0.0.1"));
        write("service", service());
        write("guard", policy("[\"10.0.0.0/8\"]"));

        source().start(listener);

        MeshState state = states.latest();
        Workload cart = cart(state);
        assertThat(cart.policies()).containsExactly(GUARD);
        assertThat(cart.services()).containsOnlyKeys(new NamespacedHostname("shop", "cart.shop.svc.cluster.local"));
        assertThat(ofShop(state)).hasSize(1);
        assertThat(state.policies()).containsOnlyKeys(GUARD);
        assertThat(state.pods()).hasSize(1);
    }

    @Test
    void changesAreDerivedAndDeletionsToo() {
        source().start(listener);

        write("cart", pod("cart", "10.0.0.1"));
        states.await("pod", state -> state.workloads().containsKey(CART));
        write("cart", pod("cart", "10.0.0.2"));
        states.await(
                "new address",
                state -> cart(state).addresses().getFirst().toString().equals("10.0.0.2"));
        delete("cart");
        states.await("no pod", state -> state.workloads().isEmpty());

        assertThat(overlaps).hasValue(0);
    }

    @Test
    void ofABrokenObjectTheLastGoodStateStaysAndOthersGoOn() {
        write("guard", policy("[\"10.0.0.0/8\"]"));
        source().start(listener);
        var good = states.latest().policies().get(GUARD);

        write("guard", policy("[\"10.0.0.0/99\"]"));
        List<ConfigurationProblem> found = problems.await("a problem", list -> list.size() == 1);
        write("cart", pod("cart", "10.0.0.1"));
        MeshState state = states.await("pod", now -> now.workloads().containsKey(CART));

        assertThat(found.getFirst().object()).isEqualTo("AuthorizationPolicy shop/guard");
        assertThat(found.getFirst().why()).contains("10.0.0.0/99");
        assertThat(state.policies()).containsEntry(GUARD, good);
    }

    @Test
    void aProblemIsReportedOnceAndClearedWhenItIsFixed() {
        source().start(listener);

        write("guard", policy("[\"nonsense\"]"));
        problems.await("a problem", list -> list.size() == 1);
        write("cart", pod("cart", "10.0.0.1"));
        states.await("pod", state -> state.workloads().containsKey(CART));
        write("guard", policy("[\"10.0.0.0/8\"]"));
        problems.await("no problem", List::isEmpty);

        assertThat(problems.all()).hasSize(2);
    }

    @Test
    void aNewPolicyThatCannotBeReadClosesWhatItSelects() {
        write("cart", pod("cart", "10.0.0.1"));
        write("guard", policy("[\"nonsense\"]"));

        source().start(listener);

        MeshState state = states.latest();
        assertThat(state.policies()).containsKey(GUARD);
        assertThat(Objects.requireNonNull(state.policies().get(GUARD)).rules()).isEmpty();
        assertThat(cart(state).policies()).containsExactly(GUARD);
    }

    @Test
    void afterCloseTheListenerHearsNothing() {
        source().start(listener);
        source().close();
        int heard = states.all().size();

        write("cart", pod("cart", "10.0.0.1"));

        assertThat(states.all()).hasSize(heard);
    }

    /** A cluster has services of its own. */
    private static List<NamespacedHostname> ofShop(MeshState state) {
        return state.services().keySet().stream()
                .filter(key -> key.namespace().equals("shop"))
                .toList();
    }

    private static Workload cart(MeshState state) {
        return Objects.requireNonNull(state.workloads().get(CART));
    }

    private static String pod(String name, String ip) {
        return """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                  namespace: shop
                  labels: {app: cart}
                spec:
                  nodeName: node-a
                status:
                  podIP: %s
                """.formatted(name, ip);
    }

    private static String service() {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: cart, namespace: shop}
                spec:
                  selector: {app: cart}
                  clusterIP: 10.96.0.17
                  ports:
                    - port: 80
                      targetPort: 8080
                """;
    }

    private static String policy(String sourceBlocks) {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: guard, namespace: shop}
                spec:
                  selector:
                    matchLabels: {app: cart}
                  action: ALLOW
                  rules:
                    - from:
                        - source:
                            ipBlocks: %s
                """.formatted(sourceBlocks);
    }
}
