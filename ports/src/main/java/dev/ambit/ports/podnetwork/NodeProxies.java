package dev.ambit.ports.podnetwork;

import dev.ambit.domain.workload.PodRef;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The node agent's side of ZDS (istio.workload.zds): tells every connected node proxy which pods are its own. One message
 * at a time per proxy, each acknowledged before the next.
 */
public interface NodeProxies extends AutoCloseable {

    /** A pod and the namespace that its proxy must enter. The sender keeps the namespace open. */
    record EnrolledPod(PodRef pod, NetworkNamespace namespace) {}

    /**
     * The pods of a node.
     *
     * @param kept pods in the mesh whose namespaces are not at hand now: a proxy that serves them goes on
     */
    record Pods(List<EnrolledPod> enrolled, List<PodRef> kept) {
        public Pods {
            enrolled = List.copyOf(enrolled);
            kept = List.copyOf(kept);
        }
    }

    /** What a proxy that connects must hear first; asked once per connection. */
    @FunctionalInterface
    interface Snapshot {
        /**
         * Done when the pods of this node are known, usually at once. Until then a proxy waits for its snapshot, and goes on
         * serving what it has: an agent that has just started knows of no pod, which does not mean that there is none.
         */
        CompletionStage<Pods> pods();
    }

    /** Starts to listen. Each proxy that connects hears the snapshot, then the changes. */
    void start(Snapshot snapshot);

    /**
     * Announces a pod to every connected proxy: while one is replaced, the old and the new both serve. Completes when one
     * has acknowledged; fails with {@link PodNetworkException} when none is connected, or with the newest proxy's own words
     * when all refuse.
     */
    CompletionStage<Void> add(EnrolledPod pod);

    /** Tells every connected proxy that the pod is gone. Completes when all have acknowledged; none connected is fine. */
    CompletionStage<Void> remove(PodRef pod);

    /** How many proxies are connected and past their snapshot. */
    int connected();

    /** Disconnects every proxy and removes the socket. */
    @Override
    void close();
}
