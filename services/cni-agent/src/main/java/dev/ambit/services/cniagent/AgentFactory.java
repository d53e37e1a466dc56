package dev.ambit.services.cniagent;

import dev.ambit.adapters.k8s.manifests.ManifestNodePodSource;
import dev.ambit.adapters.k8s.manifests.ManifestOptions;
import dev.ambit.adapters.k8s.manifests.ManifestPodStatusWriter;
import dev.ambit.adapters.linux.namespace.NamedNetworkNamespaces;
import dev.ambit.adapters.linux.redirection.NftPodRedirection;
import dev.ambit.adapters.linux.zds.ZdsNodeProxies;
import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.domain.enrolment.Enrolment;
import dev.ambit.ports.configuration.NodePodSource;
import dev.ambit.services.cniagent.enrol.NodeAgent;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The node agent and everything it works with. */
@Factory
final class AgentFactory {

    @Singleton
    PrometheusTelemetry telemetry() {
        return new PrometheusTelemetry("cni-agent", "0.1.0");
    }

    /** The one thread that changes this node. */
    @Singleton
    @Named("worker")
    @Bean(preDestroy = "shutdown")
    ScheduledExecutorService worker() {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("enrol").factory());
    }

    @Singleton
    @Bean(preDestroy = "close")
    NodePodSource source(CniAgentConfig config) {
        return new ManifestNodePodSource(ManifestOptions.of(Path.of(config.manifests())));
    }

    @Singleton
    @Bean(preDestroy = "close")
    NodeAgent agent(
            CniAgentConfig config, @Named("worker") ScheduledExecutorService worker, PrometheusTelemetry telemetry) {
        return new NodeAgent(
                new Enrolment(Set.copyOf(config.excludedNamespaces()), config.capture()),
                new NamedNetworkNamespaces(config.netnsPattern()),
                new NftPodRedirection(),
                new ZdsNodeProxies(Path.of(config.zdsSocket())),
                new ManifestPodStatusWriter(Path.of(config.podStatus())),
                worker,
                telemetry);
    }
}
