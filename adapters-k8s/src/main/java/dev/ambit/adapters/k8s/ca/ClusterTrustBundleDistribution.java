package dev.ambit.adapters.k8s.ca;

import dev.ambit.adapters.k8s.cluster.ClusterConnection;
import dev.ambit.ports.ca.TrustBundle;
import dev.ambit.ports.ca.TrustBundleDistribution;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ConfigMap {@code istio-ca-root-cert} in every namespace (and {@code istio-ca-crl} where there are revocation lists), as
 * istiod keeps it: put right at once when somebody changes or deletes it, and put into a new namespace when it appears.
 */
public final class ClusterTrustBundleDistribution implements TrustBundleDistribution {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterTrustBundleDistribution.class);

    /** Istio leaves the same ones out; {@code kube-system} gets it, since node proxies may live there. */
    private static final Set<String> IGNORED = Set.of("kube-public", "kube-node-lease", "local-path-storage");

    private static final int WORKERS = 4;

    private enum Kind {
        ROOTS("istio-ca-root-cert", "root-cert.pem"),
        REVOCATIONS("istio-ca-crl", "ca-crl.pem");

        private final String map;
        private final String key;

        Kind(String map, String key) {
            this.map = map;
            this.key = key;
        }

        private String text(TrustBundle bundle) {
            return this == ROOTS ? bundle.rootsPem() : bundle.revocationsPem();
        }
    }

    private final ClusterRequests requests;
    private final Set<String> namespaces = ConcurrentHashMap.newKeySet();
    private final Map<Kind, Map<String, String>> present =
            Map.of(Kind.ROOTS, new ConcurrentHashMap<>(), Kind.REVOCATIONS, new ConcurrentHashMap<>());
    private final Set<String> queued = ConcurrentHashMap.newKeySet();
    private final LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
    private final List<SharedIndexInformer<?>> informers;
    private final List<Thread> workers = new ArrayList<>();
    private final Map<String, String> complaints = new ConcurrentHashMap<>();
    private final Set<SharedIndexInformer<?>> synced = ConcurrentHashMap.newKeySet();
    private volatile @Nullable TrustBundle wanted;
    private volatile boolean closed;

    /** Watches from now on; writes nothing before the first bundle is published. Does not close the connection. */
    public ClusterTrustBundleDistribution(ClusterConnection connection) {
        KubernetesClient client = connection.client();
        this.requests = new ClusterRequests(client);
        SharedIndexInformer<Namespace> names = client.namespaces().runnableInformer(0);
        SharedIndexInformer<ConfigMap> roots = maps(client, Kind.ROOTS);
        SharedIndexInformer<ConfigMap> revocations = maps(client, Kind.REVOCATIONS);
        names.addEventHandler(handler(names, this::namespaceSeen, gone -> {
            namespaces.remove(gone.getMetadata().getName());
        }));
        roots.addEventHandler(handler(roots, map -> mapSeen(Kind.ROOTS, map), map -> mapGone(Kind.ROOTS, map)));
        revocations.addEventHandler(
                handler(revocations, map -> mapSeen(Kind.REVOCATIONS, map), map -> mapGone(Kind.REVOCATIONS, map)));
        informers = List.of(names, roots, revocations);
        informers.forEach(informer -> {
            var _ = informer.exceptionHandler((_, _) -> true).start();
        });
        for (int i = 0; i < WORKERS; i++) {
            workers.add(Thread.ofVirtual().name("trust-bundle-" + i).start(this::work));
        }
    }

    private static SharedIndexInformer<ConfigMap> maps(KubernetesClient client, Kind kind) {
        return client.configMaps()
                .inAnyNamespace()
                .withField("metadata.name", kind.map)
                .runnableInformer(0);
    }

    private interface Seen<T> {
        void see(T object);
    }

    private <T extends HasMetadata> ResourceEventHandler<T> handler(
            SharedIndexInformer<T> informer, Seen<T> seen, Seen<T> gone) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                seen.see(object);
            }

            @Override
            public void onUpdate(T before, T object) {
                seen.see(object);
            }

            @Override
            public void onDelete(T object, boolean missed) {
                gone.see(object);
            }

            @Override
            public void onList(String version, boolean remainedEmpty) {
                synced.add(informer);
            }
        };
    }

    private void namespaceSeen(Namespace namespace) {
        String name = namespace.getMetadata().getName();
        boolean ends = namespace.getMetadata().getDeletionTimestamp() != null;
        if (ends || IGNORED.contains(name)) {
            namespaces.remove(name);
        } else if (namespaces.add(name)) {
            enqueue(name);
        }
    }

    private void mapSeen(Kind kind, ConfigMap map) {
        String namespace = map.getMetadata().getNamespace();
        String text = map.getData() == null ? "" : map.getData().getOrDefault(kind.key, "");
        if (!text.equals(maps(kind).put(namespace, text))) {
            enqueue(namespace);
        }
    }

    private void mapGone(Kind kind, ConfigMap map) {
        String namespace = map.getMetadata().getNamespace();
        maps(kind).remove(namespace);
        enqueue(namespace);
    }

    private Map<String, String> maps(Kind kind) {
        return Objects.requireNonNull(present.get(kind));
    }

    @Override
    public void publish(TrustBundle bundle) {
        wanted = bundle;
        namespaces.forEach(namespace -> {
            if (!holds(namespace, bundle)) {
                enqueue(namespace);
            }
        });
    }

    @Override
    public boolean isEverywhere(TrustBundle bundle) {
        return synced.size() == informers.size() && namespaces.stream().allMatch(namespace -> holds(namespace, bundle));
    }

    private boolean holds(String namespace, TrustBundle bundle) {
        return holds(namespace, Kind.ROOTS, bundle) && holds(namespace, Kind.REVOCATIONS, bundle);
    }

    private boolean holds(String namespace, Kind kind, TrustBundle bundle) {
        return maps(kind).getOrDefault(namespace, "").equals(kind.text(bundle));
    }

    private void enqueue(String namespace) {
        if (queued.add(namespace)) {
            queue.add(namespace);
        }
    }

    private void work() {
        while (!closed) {
            try {
                String namespace = queue.take();
                queued.remove(namespace);
                TrustBundle bundle = wanted;
                if (bundle != null && namespaces.contains(namespace)) {
                    bring(namespace, bundle);
                }
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    /** What fails is tried again when the bundle is published again. */
    private void bring(String namespace, TrustBundle bundle) {
        for (Kind kind : Kind.values()) {
            if (holds(namespace, kind, bundle)) {
                continue;
            }
            try {
                write(namespace, kind, kind.text(bundle));
                complaints.remove(namespace);
            } catch (KubernetesClientException e) {
                // Somebody else was faster, or the namespace is going: what there is then will be seen.
                if (e.getCode() != ClusterRequests.CONFLICT && e.getCode() != ClusterRequests.NOT_FOUND) {
                    complain(namespace, e);
                }
            }
        }
    }

    private void complain(String namespace, KubernetesClientException failure) {
        String why = requests.describe(failure)
                + (failure.getCode() == ClusterRequests.FORBIDDEN
                        ? "; grant get, list, watch, create and update of configmaps, as deploy/control-plane/certificates-rbac.yaml does"
                        : "");
        if (!why.equals(complaints.put(namespace, why))) {
            LOG.error("trust bundle cannot be put down\tnamespace={} why=\"{}\"", namespace, why);
        }
    }

    private void write(String namespace, Kind kind, String text) {
        Optional<ConfigMap> there = Optional.ofNullable(requests.call(api ->
                api.configMaps().inNamespace(namespace).withName(kind.map).get()));
        if (there.isPresent()) {
            ConfigMap next = there.get().edit().addToData(kind.key, text).build();
            requests.call(api -> api.resource(next)
                    .lockResourceVersion(there.get().getMetadata().getResourceVersion())
                    .update());
            return;
        }
        if (text.isEmpty()) {
            return;
        }
        ConfigMap created = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(kind.map)
                .addToLabels("istio.io/config", "true")
                .endMetadata()
                .addToData(kind.key, text)
                .build();
        requests.call(api -> api.resource(created).create());
    }

    @Override
    public void close() {
        closed = true;
        workers.forEach(Thread::interrupt);
        informers.forEach(SharedIndexInformer::stop);
    }
}
