package dev.ambit.adapters.k8s.ca;

import dev.ambit.adapters.k8s.cluster.ClusterConnection;
import dev.ambit.adapters.k8s.cluster.ClusterOptions;
import dev.ambit.systemtests.cluster.ApiServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real API server, and a client with exactly the rights that we ship for certificates. */
final class TestApi {
    static final ApiServer SERVER = ApiServer.shared();

    private TestApi() {}

    static KubernetesClient admin() {
        return SERVER.admin();
    }

    /** The control plane's connection. */
    static ClusterConnection controlPlane() {
        SERVER.namespace("istio-system");
        try {
            byte[] rights = Files.readAllBytes(Path.of("..", "deploy", "control-plane", "certificates-rbac.yaml"));
            admin().load(new ByteArrayInputStream(rights))
                    .items()
                    .forEach(object -> admin().resource(object).forceConflicts().serverSideApply());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return connection(SERVER.kubeconfig(SERVER.token("istio-system", "istiod")));
    }

    /** Of somebody who may do everything. */
    static ClusterConnection unlimited() {
        return connection(SERVER.adminKubeconfig());
    }

    /** Stays open as long as the JVM lives. */
    static ClusterConnection connection(Path kubeconfig) {
        return ClusterConnection.open(ClusterOptions.IN_CLUSTER.withKubeconfig(kubeconfig));
    }
}
