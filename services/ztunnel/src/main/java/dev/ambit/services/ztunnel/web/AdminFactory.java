package dev.ambit.services.ztunnel.web;

import dev.ambit.domain.flow.FlowExplainer;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the admin server needs of the rest. */
@Factory
final class AdminFactory {
    private static final Logger LOG = LoggerFactory.getLogger(AdminFactory.class);

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
    ProcessEnd end() {
        var begun = new AtomicBoolean();
        return why -> {
            if (begun.compareAndSet(false, true)) {
                LOG.info("ending\twhy=\"{}\"", why);
                // Not on this thread: the answer has to go out first, and exit waits for the servers.
                Thread.ofPlatform().name("ending").start(() -> System.exit(0));
            }
        };
    }
}
