package dev.ambit.adapters.k8s.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ambit.systemtests.cluster.ApiServer;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real API server, what a test wrote to it, and connections with the rights that we ship. */
final class TestCluster implements AutoCloseable {
    private final ApiServer server;
    private final KubernetesClient admin;
    private final Map<String, HasMetadata> written = new LinkedHashMap<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private TestCluster(ApiServer server) {
        this.server = server;
        this.admin = server.admin();
    }

    /** The one that tests of this JVM share, with all kinds installed; what is written through it goes when it is closed. */
    static TestCluster shared() {
        return Shared.withKinds(ApiServer.shared());
    }

    private static final class Shared {
        private static boolean prepared;

        static synchronized TestCluster withKinds(ApiServer server) {
            if (!prepared) {
                server.installCrds();
                prepared = true;
            }
            return of(server);
        }
    }

    static TestCluster of(ApiServer server) {
        return new TestCluster(server);
    }

    KubernetesClient admin() {
        return admin;
    }

    /** As the control plane is given it by {@code deploy/control-plane}. */
    ClusterConnection controlPlane() {
        return connection("control-plane", "istiod");
    }

    /** The same, which waits so long before it tries again. */
    ClusterConnection controlPlane(Duration reconnect) {
        grant("control-plane");
        var options = new ClusterOptions(
                Optional.of(server.kubeconfig(server.token("istio-system", "istiod"))),
                500,
                reconnect,
                Duration.ofSeconds(30));
        ClusterConnection connection = ClusterConnection.open(options);
        closeLater(connection);
        return connection;
    }

    /** As the node agent is given it by {@code deploy/cni-agent}. */
    ClusterConnection nodeAgent() {
        return connection("cni-agent", "istio-cni");
    }

    private ClusterConnection connection(String component, String serviceAccount) {
        grant(component);
        return connection(server.token("istio-system", serviceAccount));
    }

    /** Applies the roles that we ship. */
    void grant(String component) {
        grant(component, "rbac.yaml");
    }

    /** Applies those of one file. */
    void grant(String component, String file) {
        server.namespace("istio-system");
        deployed(component, file).forEach(object -> admin.resource(object).serverSideApply());
    }

    /** Takes them away again. */
    void revoke(String component) {
        deployed(component, "rbac.yaml").stream()
                .filter(object -> object.getKind().startsWith("ClusterRole"))
                .forEach(object -> admin.resource(object).delete());
    }

    private List<HasMetadata> deployed(String component, String name) {
        Path file = Path.of("..", "deploy", component, name);
        try {
            return admin.load(new ByteArrayInputStream(Files.readAllBytes(file)))
                    .items();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    ClusterConnection connection(String token) {
        ClusterConnection connection =
                ClusterConnection.open(ClusterOptions.IN_CLUSTER.withKubeconfig(server.kubeconfig(token)));
        closeLater(connection);
        return connection;
    }

    /** Closes it with this, before what was opened earlier. */
    void closeLater(AutoCloseable each) {
        opened.addFirst(each);
    }

    /** Creates or replaces an object, with what the API server wants beyond what tests say, and returns it as it is then. */
    HasMetadata write(String name, String yaml) {
        HasMetadata object = admin.load(new ByteArrayInputStream(yaml.getBytes(UTF_8)))
                .items()
                .getFirst();
        if (object.getMetadata().getNamespace() != null) {
            server.namespace(object.getMetadata().getNamespace());
        }
        HasMetadata now = object instanceof Pod pod
                ? pod(pod)
                : admin.resource(object).forceConflicts().serverSideApply();
        written.put(name, now);
        return now;
    }

    private Pod pod(Pod pod) {
        PodStatus status = pod.getStatus();
        if (pod.getSpec().getContainers().isEmpty()) {
            Container container = new Container();
            container.setName("app");
            container.setImage("app");
            pod.getSpec().setContainers(List.of(container));
        }
        pod.setStatus(null);
        Pod now = admin.resource(pod).forceConflicts().serverSideApply();
        if (status == null) {
            return now;
        }
        if (status.getPodIP() != null) {
            status.setPodIPs(List.of(new PodIP(status.getPodIP())));
        }
        return admin.resource(now)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
    }

    void delete(String name) {
        HasMetadata object = written.remove(name);
        if (object instanceof Namespace) {
            // Nobody is here who would finish its end: it stays, as if nothing had been written to it.
            object.getMetadata().setLabels(null);
            object.getMetadata().setAnnotations(null);
            object.getMetadata().setManagedFields(null);
            object.getMetadata().setResourceVersion(null);
            admin.resource(object).forceConflicts().serverSideApply();
        } else if (object != null) {
            admin.resource(object).withGracePeriod(0).delete();
        }
    }

    /** Takes back what was written, and closes what was opened. */
    @Override
    public void close() {
        List.copyOf(written.keySet()).forEach(this::delete);
        while (!opened.isEmpty()) {
            AutoCloseable each = opened.removeFirst();
            try {
                each.close();
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        }
    }
}
