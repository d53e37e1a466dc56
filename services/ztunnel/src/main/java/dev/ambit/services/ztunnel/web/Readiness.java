package dev.ambit.services.ztunnel.web;

import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import dev.ambit.services.ztunnel.pod.ServedPods;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** What this proxy still waits for before it can be relied upon. */
@Singleton
final class Readiness {
    private final ZtunnelConfig config;
    private final CurrentMesh mesh;
    private final ServedPods pods;

    Readiness(ZtunnelConfig config, CurrentMesh mesh, ServedPods pods) {
        this.config = config;
        this.mesh = mesh;
        this.pods = pods;
    }

    /** Names of the parts that are not ready, as Istio's ztunnel calls them; empty when all are. */
    List<String> pending() {
        var pending = new ArrayList<String>();
        if (!mesh.isSynced()) {
            pending.add("state manager");
        }
        if (!pods.isServing()) {
            if (config.dataPlane().enabled()) {
                pending.add("proxy");
            }
            if (config.dns().enabled()) {
                pending.add("dns proxy");
            }
        }
        if (config.dataPlane().dedicated().isEmpty() && !pods.isReady()) {
            pending.add("workload proxy manager");
        }
        return pending;
    }
}
