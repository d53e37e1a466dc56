package dev.ambit.adapters.k8s.cluster;

import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.configuration.PodStatusWriter;
import dev.ambit.ports.configuration.PodStatusWriterContract;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

class ClusterPodStatusWriterContractTest extends PodStatusWriterContract {
    private final TestCluster cluster = TestCluster.shared();
    private final PodStatusWriter writer = new ClusterPodStatusWriter(cluster.nodeAgent());

    @BeforeAll
    static void server() {
        TestCluster.shared().close();
    }

    @AfterEach
    void closeCluster() {
        cluster.close();
    }

    @Override
    protected PodStatusWriter writer() {
        return writer;
    }

    @Override
    protected PodRef pod(String name) {
        var pod = cluster.write(name, """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: shop}
                spec: {nodeName: node-a}
                """.formatted(name));
        return new PodRef(pod.getMetadata().getUid(), "shop", name, "default");
    }

    @Override
    protected Optional<String> annotation(PodRef pod) {
        Pod now = cluster.admin()
                .pods()
                .inNamespace(pod.namespace())
                .withName(pod.name())
                .get();
        return Optional.ofNullable(now)
                .map(found -> found.getMetadata().getAnnotations())
                .map((Map<String, String> annotations) -> annotations.get("ambient.istio.io/redirection"));
    }
}
