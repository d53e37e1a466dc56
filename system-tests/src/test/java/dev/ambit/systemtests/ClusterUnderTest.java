package dev.ambit.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ambit.systemtests.cluster.ApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A real API server that has the mesh's objects instead of a folder, and what a cluster does around it: tokens as kubelet
 * asks for them, the roots from their ConfigMap. Who reaches it has exactly the rights that we ship.
 */
final class ClusterUnderTest implements AutoCloseable {
    private static final String SYSTEM = "istio-system";

    /** The samples' services begin where the API server's own address is. */
    private static final String SAMPLE_ADDRESSES = "10.96.0.";

    static final String SERVICE_ADDRESSES = "10.96.7.";

    private final ApiServer server;
    private final Path root;
    private final KubernetesClient admin;

    private ClusterUnderTest(ApiServer server, Path root) {
        this.server = server;
        this.root = root;
        this.admin = server.admin();
    }

    /** One with every kind installed, the rights granted and the samples written. */
    static ClusterUnderTest start() {
        Path root = Checkout.require();
        var cluster = new ClusterUnderTest(ApiServer.start(), root);
        try {
            cluster.server.installCrds();
            cluster.server.namespace(SYSTEM);
            for (String rights : List.of(
                    "control-plane/rbac.yaml",
                    "control-plane/certificates-rbac.yaml",
                    "control-plane/waypoints-rbac.yaml",
                    "cni-agent/rbac.yaml")) {
                cluster.write(read(root.resolve("deploy").resolve(rights)));
            }
            // Namespaces before what is in them.
            cluster.writeSample("namespaces.yaml");
            for (String sample : List.of("nodes.yaml", "service-accounts.yaml", "services.yaml")) {
                cluster.writeSample(sample);
            }
            cluster.writeSample("ztunnels.yaml");
            cluster.writeSample("pods.yaml");
            return cluster;
        } catch (RuntimeException | AssertionError failed) {
            cluster.close();
            throw failed;
        }
    }

    private void writeSample(String name) {
        write(read(root.resolve("deploy/samples/demo/mesh").resolve(name))
                .replace(SAMPLE_ADDRESSES, SERVICE_ADDRESSES));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    KubernetesClient admin() {
        return admin;
    }

    /** Creates or replaces objects, pods with the status that is written in them. */
    void write(String yaml) {
        for (HasMetadata object :
                admin.load(new ByteArrayInputStream(yaml.getBytes(UTF_8))).items()) {
            if (object instanceof io.fabric8.kubernetes.api.model.Pod pod) {
                write(pod);
            } else {
                admin.resource(object).forceConflicts().serverSideApply();
            }
        }
    }

    private void write(io.fabric8.kubernetes.api.model.Pod pod) {
        var status = pod.getStatus();
        // The API server gives uids out itself.
        pod.getMetadata().setUid(null);
        pod.setStatus(null);
        var now = admin.resource(pod).forceConflicts().serverSideApply();
        if (status != null) {
            admin.resource(now)
                    .subresource("status")
                    .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
        }
    }

    void deletePod(String namespace, String name) {
        admin.pods().inNamespace(namespace).withName(name).withGracePeriod(0).delete();
    }

    /** An annotation of a pod; empty if it has none. */
    String annotation(String namespace, String pod, String name) {
        return Optional.ofNullable(
                        admin.pods().inNamespace(namespace).withName(pod).get())
                .map(found -> found.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(name))
                .orElse("");
    }

    /** Has the API server's own address lead to it from a machine as well. */
    void reachFrom(Pod machine) {
        int port = URI.create(server.url()).getPort();
        machine.listen(port, caller -> {
            try (var upstream = new Socket(InetAddress.getLoopbackAddress(), port)) {
                Thread.ofVirtual().start(() -> copy(upstream, caller));
                caller.getInputStream().transferTo(upstream.getOutputStream());
            }
        });
    }

    private static void copy(Socket source, Socket sink) {
        try (source;
                sink;
                InputStream in = source.getInputStream()) {
            in.transferTo(sink.getOutputStream());
        } catch (IOException _) {
            // One side is gone; both are closed.
        }
    }

    /** What the control plane is told. */
    Map<String, String> controlPlane() {
        return Map.of(
                "CONFIG_SOURCE", "kubernetes",
                "KUBECONFIG", server.kubeconfig(server.token(SYSTEM, "istiod")).toString(),
                "POD_NAME", "istiod-0",
                "CA_BACKDATE", "0s");
    }

    /** What a node's agent is told, beside its sockets and namespaces. */
    Map<String, String> agent() {
        return Map.of(
                "CONFIG_SOURCE",
                "kubernetes",
                "KUBECONFIG",
                server.kubeconfig(server.token(SYSTEM, "istio-cni")).toString());
    }

    /** Puts down what kubelet mounts into a node proxy's pod: its token, and the roots. */
    void mount(String pod, Path token, Path roots) {
        var found = admin.pods().inNamespace(SYSTEM).withName(pod).get();
        var request = new TokenRequestBuilder()
                .withNewSpec()
                .withAudiences("istio-ca")
                .withNewBoundObjectRef()
                .withKind("Pod")
                .withApiVersion("v1")
                .withName(pod)
                .withUid(found.getMetadata().getUid())
                .endBoundObjectRef()
                .endSpec()
                .build();
        String text = admin.serviceAccounts()
                .inNamespace(SYSTEM)
                .withName(found.getSpec().getServiceAccountName())
                .tokenRequest(request)
                .getStatus()
                .getToken();
        Await.until(Duration.ofSeconds(30), "the roots are in " + SYSTEM, () -> roots().isPresent());
        try {
            Files.createDirectories(token.getParent());
            Files.writeString(token, text);
            Files.writeString(roots, roots().orElseThrow());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Optional<String> roots() {
        return Optional.ofNullable(admin.configMaps()
                        .inNamespace(SYSTEM)
                        .withName("istio-ca-root-cert")
                        .get())
                .map(ConfigMap::getData)
                .map(data -> data.get("root-cert.pem"));
    }

    /** The reason of a condition; empty if it is not there. */
    String reason(HasMetadata object, String type) {
        Object status = admin.genericKubernetesResources(object.getApiVersion(), object.getKind())
                .inNamespace(object.getMetadata().getNamespace())
                .withName(object.getMetadata().getName())
                .get()
                .getAdditionalProperties()
                .get("status");
        return status instanceof Map<?, ?> map && map.get("conditions") instanceof List<?> conditions
                ? reason(conditions.stream(), type)
                : "";
    }

    private static String reason(Stream<?> conditions, String type) {
        return conditions
                .filter(condition -> condition instanceof Map<?, ?> map && type.equals(map.get("type")))
                .map(condition -> String.valueOf(((Map<?, ?>) condition).get("reason")))
                .findFirst()
                .orElse("");
    }

    /** Ends the API server as a crash does, and starts it again. */
    void restart() {
        server.stopServer();
        server.startAgain();
    }

    @Override
    public void close() {
        server.close();
    }
}
