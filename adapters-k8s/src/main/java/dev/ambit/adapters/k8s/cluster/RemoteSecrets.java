package dev.ambit.adapters.k8s.cluster;

import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The Secrets of the root namespace that say how to reach other clusters; their data is a kubeconfig per cluster's id. */
final class RemoteSecrets implements AutoCloseable {
    private static final String LABEL = "istio/multiCluster";

    private final ClusterConnection connection;
    private final String path;
    private final SharedIndexInformer<Secret> informer;
    private final Map<String, Map<String, Kubeconfig>> bySecret = new TreeMap<>();
    private volatile boolean synced;

    /** A kubeconfig's text; equal if it says the same, and never shown. */
    static final class Kubeconfig {
        private final byte[] text;

        Kubeconfig(byte[] text) {
            this.text = text;
        }

        byte[] text() {
            return text;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Kubeconfig kubeconfig && Arrays.equals(text, kubeconfig.text);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(text);
        }

        @Override
        public String toString() {
            return "kubeconfig of " + text.length + " bytes";
        }
    }

    RemoteSecrets(ClusterConnection connection, String namespace, Meter meter, Runnable changed) {
        this.connection = connection;
        this.path = "/api/v1/namespaces/" + namespace + "/secrets";
        this.informer = connection
                .watching()
                .secrets()
                .inNamespace(namespace)
                .withLabel(LABEL, "true")
                .runnableInformer(0)
                .exceptionHandler((_, _) -> true)
                .addEventHandler(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(Secret secret) {
                        put(secret, "add");
                    }

                    @Override
                    public void onUpdate(Secret before, Secret secret) {
                        put(secret, "update");
                    }

                    @Override
                    public void onDelete(Secret secret, boolean missed) {
                        meter.increment(Counter.REMOTE_SECRET_EVENTS, "delete");
                        synchronized (bySecret) {
                            bySecret.remove(secret.getMetadata().getName());
                        }
                        changed.run();
                    }

                    @Override
                    public void onList(String version, boolean remainedEmpty) {
                        synced = true;
                        changed.run();
                    }

                    private void put(Secret secret, String event) {
                        meter.increment(Counter.REMOTE_SECRET_EVENTS, event);
                        synchronized (bySecret) {
                            bySecret.put(secret.getMetadata().getName(), kubeconfigs(secret));
                        }
                        changed.run();
                    }
                });
    }

    private static Map<String, Kubeconfig> kubeconfigs(Secret secret) {
        Map<String, Kubeconfig> kubeconfigs = new TreeMap<>(Comparator.naturalOrder());
        if (secret.getData() != null) {
            // The API server has checked that it is Base64.
            secret.getData()
                    .forEach((cluster, text) -> kubeconfigs.put(
                            cluster, new Kubeconfig(Base64.getDecoder().decode(text))));
        }
        return kubeconfigs;
    }

    void start() {
        var _ = informer.start();
    }

    boolean isSynced() {
        return synced;
    }

    /** Why they cannot be read at present. */
    Optional<String> failure() {
        return connection.answers().failure(path);
    }

    /** By the Secrets' names and the clusters' ids. */
    Map<String, Map<String, Kubeconfig>> current() {
        synchronized (bySecret) {
            return new TreeMap<>(bySecret);
        }
    }

    @Override
    public void close() {
        informer.stop();
    }
}
