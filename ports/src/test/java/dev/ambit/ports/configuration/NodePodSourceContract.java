package dev.ambit.ports.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.enrolment.NodePod;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link NodePodSource} promises. */
@Timeout(30)
public abstract class NodePodSourceContract {
    private final Observed<List<NodePod>> pods = new Observed<>();
    private final Observed<List<ConfigurationProblem>> problems = new Observed<>();

    private final NodePodSource.Listener listener = new NodePodSource.Listener() {
        @Override
        public void pods(List<NodePod> found) {
            pods.add(found);
        }

        @Override
        public void problems(List<ConfigurationProblem> found) {
            problems.add(found);
        }
    };

    /** The source under test, not started; the same one for the whole test. Closed after each test. */
    protected abstract NodePodSource source();

    /** Creates or replaces an object. */
    protected abstract void write(String object, String yaml);

    protected abstract void delete(String object);

    @AfterEach
    void closeSource() {
        source().close();
    }

    @Test
    void deliversThePodsOfItsNodeOnly() {
        write("mine", pod("mine", "node-a", "10.0.0.1"));
        write("other", pod("other", "node-b", "10.0.0.2"));
        write("nowhere", pod("nowhere", "", "10.0.0.3"));

        source().start("node-a", listener);

        assertThat(pods.latest()).extracting(pod -> pod.ref().name()).containsExactly("mine");
    }

    @Test
    void aPodComesWithEverythingThatDecidesItsEnrolment() {
        write("shop", namespace("ambient"));
        write("mine", pod("mine", "node-a", "10.0.0.1"));

        source().start("node-a", listener);

        NodePod pod = pods.latest().getFirst();
        assertThat(pod.ref().uid()).isNotEmpty();
        assertThat(pod.ref().namespace()).isEqualTo("shop");
        assertThat(pod.ref().serviceAccount()).isEqualTo("cashier");
        assertThat(pod.addresses()).containsExactly(IpAddress.of("10.0.0.1"));
        assertThat(pod.labels()).isEqualTo(Map.of("app", "cart"));
        assertThat(pod.namespaceLabels()).containsEntry("istio.io/dataplane-mode", "ambient");
        assertThat(pod.hostNetwork()).isFalse();
        assertThat(pod.finished()).isFalse();
    }

    @Test
    void anEmptyNodeIsAnEmptyList() {
        source().start("node-a", listener);

        assertThat(pods.latest()).isEmpty();
    }

    @Test
    void changesOfPodsAndTheirNamespaceAreDelivered() {
        source().start("node-a", listener);

        write("mine", pod("mine", "node-a", "10.0.0.1"));
        NodePod first = pods.await("pod", list -> list.size() == 1).getFirst();
        write("shop", namespace("ambient"));
        NodePod second = pods.await(
                        "label", list -> list.getFirst().namespaceLabels().containsKey("istio.io/dataplane-mode"))
                .getFirst();
        delete("mine");
        pods.await("no pod", List::isEmpty);

        assertThat(second.ref()).isEqualTo(first.ref());
    }

    @Test
    protected void ofABrokenPodTheLastGoodStateStays() {
        write("mine", pod("mine", "node-a", "10.0.0.1"));
        source().start("node-a", listener);

        write("mine", pod("mine", "node-a", "10.0.0.256"));
        List<ConfigurationProblem> found = problems.await("a problem", list -> list.size() == 1);

        assertThat(found.getFirst().why()).contains("10.0.0.256");
        assertThat(pods.latest()).hasSize(1);
    }

    private static String namespace(String mode) {
        return """
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: shop
                  labels: {istio.io/dataplane-mode: %s}
                """.formatted(mode);
    }

    /** Starts the source under test. */
    protected final void start(String node) {
        source().start(node, listener);
    }

    /** What it delivered last. */
    protected final List<NodePod> latest() {
        return pods.latest();
    }

    protected static String pod(String name, String node, String ip) {
        return """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                  namespace: shop
                  labels: {app: cart}
                spec:
                  serviceAccountName: cashier
                  nodeName: "%s"
                status:
                  podIP: %s
                """.formatted(name, node, ip);
    }
}
