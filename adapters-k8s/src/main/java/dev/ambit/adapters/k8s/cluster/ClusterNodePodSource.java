package dev.ambit.adapters.k8s.cluster;

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
import org.jspecify.annotations.Nullable;

/** One node's pods, and no others, from an API server; otherwise like {@link ClusterConfigurationSource}. */
public final class ClusterNodePodSource implements NodePodSource {
    /** Only policies have a root namespace; this source reads none of them. */
    private static final String NO_ROOT_NAMESPACE = "";

    private final ClusterConnection connection;
    private @Nullable MirrorFollower follower;

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
        MirrorFollower own;
        synchronized (this) {
            if (follower != null) {
                throw new IllegalStateException("started already");
            }
            var mirror =
                    new ClusterMirror(connection, Set.of(MeshKind.POD, MeshKind.NAMESPACE), node, NO_ROOT_NAMESPACE);
            own = new MirrorFollower("cluster-pods", mirror, new Delivery(mirror.objects(), node, listener)::deliver);
            follower = own;
        }
        own.start();
    }

    @Override
    public synchronized List<String> pending() {
        return follower == null ? List.of() : follower.pending();
    }

    @Override
    public void close() {
        @Nullable MirrorFollower running;
        synchronized (this) {
            running = follower;
        }
        if (running != null) {
            running.close();
        }
    }

    /** Tells the listener what is new to it. For the follower's thread. */
    private static final class Delivery {
        private final ClusterObjects objects;
        private final String node;
        private final Listener listener;
        private @Nullable List<NodePod> pods;
        private List<ConfigurationProblem> problems = List.of();

        Delivery(ClusterObjects objects, String node, Listener listener) {
            this.objects = objects;
            this.node = node;
            this.listener = listener;
        }

        boolean deliver(ClusterMirror.Standing standing) {
            if (standing.complete()) {
                List<NodePod> now = onNode();
                if (!now.equals(pods)) {
                    pods = now;
                    listener.pods(now);
                }
            }
            if (!standing.problems().equals(problems)) {
                problems = standing.problems();
                listener.problems(problems);
            }
            return standing.complete();
        }

        /** A node has some hundred pods at most: all of them are looked at. */
        private List<NodePod> onNode() {
            Map<String, Map<String, String>> labels = new HashMap<>();
            for (Namespace namespace : objects.only(Namespace.class)) {
                labels.put(Fields.name(namespace), Fields.labels(namespace));
            }
            return objects.only(Pod.class).stream()
                    .filter(pod -> Pods.node(pod).equals(node))
                    .map(pod -> Pods.nodePod(pod, labels.getOrDefault(Fields.namespace(pod), Map.of())))
                    .toList();
        }
    }
}
