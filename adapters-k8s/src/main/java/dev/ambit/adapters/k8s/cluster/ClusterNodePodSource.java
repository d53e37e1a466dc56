package dev.ambit.adapters.k8s.cluster;

import dev.ambit.adapters.k8s.derive.KubernetesObjects;
import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.Fields;
import dev.ambit.adapters.k8s.translate.Pods;
import dev.ambit.domain.enrolment.NodePod;
import dev.ambit.ports.configuration.ConfigurationException;
import dev.ambit.ports.configuration.ConfigurationProblem;
import dev.ambit.ports.configuration.NodePodSource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** One node's pods, and no others, from an API server; otherwise like {@link ClusterConfigurationSource}. */
public final class ClusterNodePodSource implements NodePodSource {
    /** Only policies have a root namespace; this source reads none of them. */
    private static final String NO_ROOT_NAMESPACE = "";

    private final ClusterConnection connection;
    private final CountDownLatch first = new CountDownLatch(1);
    private @Nullable ClusterMirror mirror;
    private @Nullable Thread thread;

    /** Does not close the connection. */
    public ClusterNodePodSource(ClusterConnection connection) {
        this.connection = connection;
    }

    /**
     * {@inheritDoc}
     *
     * @throws ConfigurationException if the thread is interrupted before that
     */
    @Override
    public void start(String node, Listener listener) {
        synchronized (this) {
            if (thread != null) {
                throw new IllegalStateException("started already");
            }
            var own = new ClusterMirror(connection, Set.of(MeshKind.POD, MeshKind.NAMESPACE), node, NO_ROOT_NAMESPACE);
            mirror = own;
            own.start();
            thread = Thread.ofPlatform().name("cluster-pods").daemon().start(new Delivery(own, node, listener));
        }
        try {
            first.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ConfigurationException("interrupted before everything had arrived", interrupted);
        }
    }

    @Override
    public synchronized List<String> pending() {
        return first.getCount() == 0 || mirror == null ? List.of() : mirror.pending();
    }

    @Override
    public void close() {
        @Nullable Thread running;
        synchronized (this) {
            running = thread;
            if (mirror != null) {
                mirror.close();
            }
        }
        try {
            if (running != null && !running.equals(Thread.currentThread())) {
                running.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        first.countDown();
    }

    /** Tells the listener what is new to it, on a thread of its own. */
    private final class Delivery implements Runnable {
        private final ClusterMirror mirror;
        private final String node;
        private final Listener listener;
        private @Nullable List<NodePod> pods;
        private List<ConfigurationProblem> problems = List.of();

        Delivery(ClusterMirror mirror, String node, Listener listener) {
            this.mirror = mirror;
            this.node = node;
            this.listener = listener;
        }

        @Override
        public void run() {
            try {
                while (true) {
                    var standing = mirror.awaitNews();
                    if (standing.isEmpty()) {
                        return;
                    }
                    deliver(standing.get());
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        private void deliver(ClusterMirror.Standing standing) {
            if (standing.complete()) {
                List<NodePod> now = onNode(standing.objects());
                if (!now.equals(pods)) {
                    pods = now;
                    listener.pods(now);
                }
                first.countDown();
            }
            if (!standing.problems().equals(problems)) {
                problems = standing.problems();
                listener.problems(problems);
            }
        }

        private List<NodePod> onNode(KubernetesObjects all) {
            Map<String, Map<String, String>> labels = new HashMap<>();
            for (Namespace namespace : all.only(Namespace.class)) {
                labels.put(Fields.name(namespace), Fields.labels(namespace));
            }
            return all.only(Pod.class).stream()
                    .filter(pod -> Pods.node(pod).equals(node))
                    .map(pod -> Pods.nodePod(pod, labels.getOrDefault(Fields.namespace(pod), Map.of())))
                    .toList();
        }
    }
}
