package dev.ambit.services.ztunnel.pod;

import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.transport.PodProxy;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A pod and, once its listeners are open, its proxy. Guarded by {@link ServedPods}. */
final class ServedPod {
    final PodRef pod;
    final NetworkNamespace namespace;
    private @Nullable PodProxy proxy;

    ServedPod(PodRef pod, NetworkNamespace namespace) {
        this.pod = pod;
        this.namespace = namespace;
    }

    boolean isPending() {
        return proxy == null;
    }

    Optional<PodProxy> proxy() {
        return Optional.ofNullable(proxy);
    }

    void up(PodProxy started) {
        proxy = started;
    }

    PodState state() {
        return new PodState(pod, isPending() ? PodState.Phase.PENDING : PodState.Phase.UP);
    }
}
