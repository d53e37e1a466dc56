package dev.ambit.services.cniagent;

import dev.ambit.ports.configuration.ConfigurationException;
import dev.ambit.ports.configuration.NodePodSource;
import dev.ambit.services.cniagent.enrol.NodeAgent;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.context.event.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets everything in motion once it is wired. */
@Singleton
final class Startup implements ApplicationEventListener<StartupEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(Startup.class);

    private final CniAgentConfig config;
    private final NodeAgent agent;
    private final NodePodSource source;

    Startup(CniAgentConfig config, NodeAgent agent, NodePodSource source) {
        this.config = config;
        this.agent = agent;
        this.source = source;
    }

    @Override
    public void onApplicationEvent(StartupEvent event) {
        agent.start();
        startSource();
        LOG.info("node agent started\tnode={}", config.nodeName());
    }

    /** A folder is there or is not. An API server may be away for a while, and readiness says so meanwhile. */
    private void startSource() {
        switch (config.kind()) {
            case MANIFESTS -> {
                try {
                    source.start(config.nodeName(), agent);
                } catch (ConfigurationException e) {
                    throw new ConfigurationException("MANIFESTS_DIR cannot be used: " + e.getMessage(), e);
                }
            }
            case KUBERNETES -> {
                var _ = Thread.ofVirtual().name("pods").start(this::awaitPods);
            }
        }
    }

    private void awaitPods() {
        try {
            source.start(config.nodeName(), agent);
        } catch (RuntimeException e) {
            LOG.error("the pods of this node cannot be followed\tnode={}", config.nodeName(), e);
        }
    }

    /** No more news, then no more proxies; the worker, which both use, is shut down after them. */
    @PreDestroy
    void stop() {
        source.close();
        agent.close();
    }
}
