package dev.ambit.adapters.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.ports.configuration.NodePodSource;
import dev.ambit.ports.configuration.NodePodSourceContract;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ClusterNodePodSourceContractTest extends NodePodSourceContract {
    private final TestCluster cluster = TestCluster.shared();
    private final NodePodSource source = new ClusterNodePodSource(cluster.nodeAgent());

    @BeforeAll
    static void server() {
        TestCluster.shared().close();
    }

    @AfterEach
    void closeCluster() {
        source.close();
        cluster.close();
    }

    @Override
    protected NodePodSource source() {
        return source;
    }

    @Override
    protected void write(String object, String yaml) {
        cluster.write(object, yaml);
    }

    @Override
    protected void delete(String object) {
        cluster.delete(object);
    }

    /** An API server takes none of the pods that could not be read. */
    @Test
    @Override
    protected void ofABrokenPodTheLastGoodStateStays() {
        write("mine", pod("mine", "node-a", "10.0.0.1"));
        start("node-a");

        assertThatThrownBy(() -> write("mine", pod("mine", "node-a", "10.0.0.256")))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("10.0.0.256");
        assertThat(latest()).hasSize(1);
    }
}
