package dev.ambit.services.cniagent;

import dev.ambit.adapters.k8s.cluster.ClusterConnection;
import dev.ambit.adapters.k8s.cluster.ClusterNodePodSource;
import dev.ambit.adapters.k8s.cluster.ClusterOptions;
import dev.ambit.adapters.k8s.cluster.ClusterPodStatusWriter;
import dev.ambit.adapters.k8s.manifests.ManifestNodePodSource;
import dev.ambit.adapters.k8s.manifests.ManifestOptions;
import dev.ambit.adapters.k8s.manifests.ManifestPodStatusWriter;
import dev.ambit.adapters.linux.namespace.NamedNetworkNamespaces;
import dev.ambit.adapters.linux.redirection.NftPodRedirection;
import dev.ambit.adapters.linux.zds.ZdsNodeProxies;
import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.domain.enrolment.Enrolment;
import dev.ambit.ports.configuration.NodePodSource;
import dev.ambit.ports.configuration.PodStatusWriter;
import dev.ambit.services.cniagent.enrol.NodeAgent;
import io.micronaut.context.BeanProvider;
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

    /** Made only if something asks for it. */
    @Singleton
    @Bean(preDestroy = "close")
    ClusterConnection cluster(CniAgentConfig config) {
        return ClusterConnection.open(
                config.kubeconfig().isEmpty()
                        ? ClusterOptions.IN_CLUSTER
                        : ClusterOptions.IN_CLUSTER.withKubeconfig(Path.of(config.kubeconfig())));
    }

    @Singleton
    @Bean(preDestroy = "close")
    NodePodSource source(CniAgentConfig config, BeanProvider<ClusterConnection> cluster) {
        return switch (config.kind()) {
            case KUBERNETES -> new ClusterNodePodSource(cluster.get());
            case MANIFESTS -> new ManifestNodePodSource(ManifestOptions.of(Path.of(config.manifests())));
        };
    }

    @Singleton
    PodStatusWriter statusWriter(CniAgentConfig config, BeanProvider<ClusterConnection> cluster) {
        return switch (config.kind()) {
            case KUBERNETES -> new ClusterPodStatusWriter(cluster.get());
            case MANIFESTS -> new ManifestPodStatusWriter(Path.of(config.podStatus()));
        };
    }

    @Singleton
    @Bean(preDestroy = "close")
    NodeAgent agent(
            CniAgentConfig config,
            PodStatusWriter statusWriter,
            @Named("worker") ScheduledExecutorService worker,
            PrometheusTelemetry telemetry) {
        return new NodeAgent(
                new Enrolment(Set.copyOf(config.excludedNamespaces()), config.capture()),
                new NamedNetworkNamespaces(config.netnsPattern()),
                new NftPodRedirection(),
                new ZdsNodeProxies(Path.of(config.zdsSocket())),
                statusWriter,
                worker,
                telemetry);
    }
}
