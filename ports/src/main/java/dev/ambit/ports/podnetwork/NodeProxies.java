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

    /** What a proxy that connects must hear first; asked once per connection, must answer from memory. */
    @FunctionalInterface
    interface Snapshot {
        List<EnrolledPod> pods();
    }

    /** Starts to listen. Each proxy that connects hears the snapshot, then the changes. */
    void start(Snapshot snapshot);

    /**
     * Announces a pod to the newest connected proxy. Completes when that proxy has acknowledged; fails with
     * {@link PodNetworkException} when none is connected, or with the proxy's own words when it refuses.
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
