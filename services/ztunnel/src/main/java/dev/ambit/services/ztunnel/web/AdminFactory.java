package dev.ambit.services.ztunnel.web;

import dev.ambit.domain.flow.FlowExplainer;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.pod.Shutdown;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.util.concurrent.ThreadLocalRandom;

/** What the admin server needs of the rest. */
@Factory
final class AdminFactory {
    /** Plans as the data plane does: planners have no state, so those of the same settings are the same. */
    @Singleton
    FlowExplainer explainer(ZtunnelConfig config) {
        String network = config.node().network();
        return new FlowExplainer(
                network,
                new OutboundPlanner(
                        network,
                        () -> ThreadLocalRandom.current().nextLong(),
                        config.dataPlane().sameNodeFastPath()),
                new InboundPlanner(network));
    }

    /** The process's own way to stop, as at SIGTERM: connections are drained before it exits. */
    @Singleton
    ProcessEnd end(Shutdown shutdown) {
        return why -> {
            var _ = shutdown.begin(why);
        };
    }
}
