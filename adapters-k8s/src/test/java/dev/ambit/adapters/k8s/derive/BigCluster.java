package dev.ambit.adapters.k8s.derive;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Many pods, ten to a service, in fifty namespaces on a hundred nodes: the shape in which istiod was measured. */
final class BigCluster {
    private static final int PODS_PER_SERVICE = 10;
    private static final int NAMESPACES = 50;
    private static final int NODES = 100;

    private BigCluster() {}

    static List<HasMetadata> of(int pods) {
        var objects = new ArrayList<HasMetadata>();
        for (int i = 0; i < NAMESPACES; i++) {
            objects.add(new NamespaceBuilder()
                    .withNewMetadata()
                    .withName("ns" + i)
                    .endMetadata()
                    .build());
        }
        for (int i = 0; i < NODES; i++) {
            objects.add(new NodeBuilder()
                    .withNewMetadata()
                    .withName("node" + i)
                    .addToLabels("topology.kubernetes.io/zone", "z" + i % 3)
                    .endMetadata()
                    .build());
        }
        for (int i = 0; i < pods / PODS_PER_SERVICE; i++) {
            objects.add(service(i));
        }
        for (int i = 0; i < pods; i++) {
            objects.add(pod(i, "v1", "10." + (1 + i / 65_536) + "." + (i / 256) % 256 + "." + i % 256));
        }
        return objects;
    }

    static Pod pod(int i, String version, String ip) {
        int service = i / PODS_PER_SERVICE;
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("ns" + service % NAMESPACES)
                .withName("pod" + i)
                .withUid("uid-" + i)
                .addToLabels(Map.of("app", "app" + service, "version", version, "pod-template-hash", "h" + service))
                .addToAnnotations("ambient.istio.io/redirection", "enabled")
                .endMetadata()
                .withNewSpec()
                .withNodeName("node" + i % NODES)
                .withServiceAccountName("sa" + service)
                .addNewContainer()
                .withName("main")
                .addNewPort()
                .withName("web")
                .withContainerPort(8080)
                .endPort()
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP(ip)
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }

    static Service service(int i) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("ns" + i % NAMESPACES)
                .withName("app" + i)
                .endMetadata()
                .withNewSpec()
                .withClusterIP("10.96." + i / 256 + "." + i % 256)
                .addToSelector("app", "app" + i)
                .addNewPort()
                .withName("http")
                .withPort(80)
                .withNewTargetPort("web")
                .endPort()
                .endSpec()
                .build();
    }
}
