package dev.ambit.adapters.k8s.manifests;

import dev.ambit.adapters.k8s.derive.KubernetesObjects;
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
import org.jspecify.annotations.Nullable;

/** One node's pods, from the same folder and by the same reading as {@link ManifestConfigurationSource}. */
public final class ManifestNodePodSource implements NodePodSource {
    /** Only policies have a root namespace; this source reads none of them. */
    private static final String NO_ROOT_NAMESPACE = "";

    private final ManifestObjects objects;
    private @Nullable FolderWatch watch;

    public ManifestNodePodSource(ManifestOptions options) {
        this.objects = new ManifestObjects(options, NO_ROOT_NAMESPACE);
    }

    @Override
    public synchronized void start(String node, Listener listener) {
        if (watch != null) {
            throw new IllegalStateException("started already");
        }
        var delivery = new Delivery(node, listener);
        watch = new FolderWatch("manifest-pods-watch", objects.folders(), delivery::deliver);
        watch.start();
    }

    @Override
    public synchronized void close() {
        if (watch != null) {
            watch.close();
        }
    }

    /** Tells the listener what is new to it. Runs on the watch's thread only. */
    private final class Delivery {
        private final String node;
        private final Listener listener;
        private @Nullable List<NodePod> pods;
        private List<ConfigurationProblem> problems = List.of();

        Delivery(String node, Listener listener) {
            this.node = node;
            this.listener = listener;
        }

        void deliver() {
            ManifestObjects.Snapshot snapshot;
            try {
                snapshot = objects.read();
            } catch (ConfigurationException unreadable) {
                if (pods == null) {
                    throw unreadable;
                }
                report(List.of(new ConfigurationProblem(
                        objects.folders().getFirst().toString(),
                        "",
                        unreadable.getMessage() + "; the last state stays")));
                return;
            }
            List<NodePod> now = onNode(snapshot.objects());
            if (!now.equals(pods)) {
                pods = now;
                listener.pods(now);
            }
            report(snapshot.problems());
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

        private void report(List<ConfigurationProblem> found) {
            if (!found.equals(problems)) {
                problems = found;
                listener.problems(found);
            }
        }
    }
}
