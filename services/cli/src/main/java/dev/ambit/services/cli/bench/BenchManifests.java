package dev.ambit.services.cli.bench;

import dev.ambit.services.cli.lab.Network.Node;
import dev.ambit.services.cli.lab.Network.Pod;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** The Kubernetes objects of the bench: the namespace {@code bench} is in the mesh, {@code plain} is not. */
final class BenchManifests {

    static String of(List<Pod> pods) {
        String namespaces =
                namespace("bench", "labels: {istio.io/dataplane-mode: ambient}") + namespace("plain", "labels: {}");
        String nodes = pods.stream()
                .map(Pod::node)
                .distinct()
                .map(node -> node(node)
                        + pod("istio-system", "ztunnel-" + node.name(), "ztunnel", node, node.address(), true))
                .collect(Collectors.joining());
        return namespaces
                + nodes
                + pods.stream()
                        .map(pod -> pod(pod.namespace(), pod.name(), pod.name(), pod.node(), pod.address(), false))
                        .collect(Collectors.joining());
    }

    private static String namespace(String name, String labels) {
        return """
                ---
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: %s
                  %s
                """.formatted(name, labels);
    }

    private static String node(Node node) {
        return """
                ---
                apiVersion: v1
                kind: Node
                metadata: {name: %s}
                """.formatted(node.name());
    }

    private static String pod(
            String namespace, String name, String account, Node node, String address, boolean hostNetwork) {
        UUID uid = UUID.nameUUIDFromBytes((namespace + "/" + name).getBytes(StandardCharsets.UTF_8));
        return """
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: %s, uid: %s, labels: {app: %s}}
                spec:
                  nodeName: %s
                  hostNetwork: %s
                  serviceAccountName: %s
                  containers: [{name: app, image: app}]
                status: {phase: Running, podIP: %s, podIPs: [{ip: %s}]}
                """.formatted(name, namespace, uid, name, node.name(), hostNetwork, account, address, address);
    }

    private BenchManifests() {}
}
