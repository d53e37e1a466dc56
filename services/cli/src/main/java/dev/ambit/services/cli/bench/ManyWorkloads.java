package dev.ambit.services.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The rest of a large cluster, as Kubernetes objects: 50 namespaces in the mesh, in each 1000 running pods behind 100
 * services of ten pods and one service account each, on a node that is not there.
 */
final class ManyWorkloads {
    private static final int NAMESPACES = 50;
    private static final int PODS = 1000;
    private static final int PODS_PER_SERVICE = 10;

    /** With their services fewer documents than the control plane takes from a file. */
    private static final int PODS_PER_FILE = 500;

    /** Writes a few files per namespace, which keeps each within what the control plane reads. */
    static void write(Path folder) {
        try {
            for (int namespace = 0; namespace < NAMESPACES; namespace++) {
                Files.writeString(folder.resolve("many-" + namespace + ".yaml"), namespace(namespace));
                for (int first = 0; first < PODS; first += PODS_PER_FILE) {
                    Files.writeString(
                            folder.resolve("many-" + namespace + "-" + first + ".yaml"), pods(namespace, first));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String namespace(int number) {
        return """
                ---
                apiVersion: v1
                kind: Namespace
                metadata: {name: many-%d, labels: {istio.io/dataplane-mode: ambient}}
                """.formatted(number);
    }

    private static String pods(int namespace, int first) {
        var yaml = new StringBuilder();
        for (int pod = first; pod < first + PODS_PER_FILE; pod++) {
            if (pod % PODS_PER_SERVICE == 0) {
                yaml.append(service(namespace, pod / PODS_PER_SERVICE));
            }
            yaml.append(pod(namespace, pod));
        }
        return yaml.toString();
    }

    private static String service(int namespace, int number) {
        return """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: service-%d, namespace: many-%d}
                spec: {clusterIP: 10.100.%d.%d, selector: {app: app-%d}, ports: [{name: http, port: 80, targetPort: 8080}]}
                """.formatted(number, namespace, namespace, number + 1, number);
    }

    private static String pod(int namespace, int number) {
        String name = "pod-" + number;
        UUID uid = UUID.nameUUIDFromBytes((namespace + "/" + name).getBytes(StandardCharsets.UTF_8));
        String address = "10.%d.%d.%d".formatted(128 + namespace, number / 250, 1 + number % 250);
        return """
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: many-%d, uid: %s, labels: {app: app-%d}}
                spec: {nodeName: node-far, serviceAccountName: account-%d, containers: [{name: app, image: app}]}
                status: {phase: Running, podIP: %s, podIPs: [{ip: %s}]}
                """.formatted(
                        name, namespace, uid, number / PODS_PER_SERVICE, number / PODS_PER_SERVICE, address, address);
    }

    private ManyWorkloads() {}
}
