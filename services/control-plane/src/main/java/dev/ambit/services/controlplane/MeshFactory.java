package dev.ambit.services.controlplane;

import dev.ambit.adapters.k8s.cluster.ClusterConfigurationSource;
import dev.ambit.adapters.k8s.cluster.ClusterConnection;
import dev.ambit.adapters.k8s.cluster.ClusterOptions;
import dev.ambit.adapters.k8s.cluster.ClusterStatusWriter;
import dev.ambit.adapters.k8s.cluster.LeaseLeadership;
import dev.ambit.adapters.k8s.cluster.LeaseTerms;
import dev.ambit.adapters.k8s.manifests.ManifestConfigurationSource;
import dev.ambit.adapters.k8s.manifests.ManifestOptions;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.UUID;

/** The configuration and the mesh that is derived from it. */
@Factory
final class MeshFactory {
    /** Not istiod's own, so that both can run while one takes over from the other. */
    private static final String LEASE = "ambit-control-plane-leader";

    @Singleton
    PublishedMesh mesh(PrometheusTelemetry telemetry) {
        return new PublishedMesh(telemetry);
    }

    /** Made only if something asks for it. */
    @Singleton
    @Bean(preDestroy = "close")
    ClusterConnection cluster(SourceConfig config) {
        return ClusterConnection.open(
                config.kubeconfig().isEmpty()
                        ? ClusterOptions.IN_CLUSTER
                        : ClusterOptions.IN_CLUSTER.withKubeconfig(Path.of(config.kubeconfig())));
    }

    /** Made only if something asks for it; writes while {@link #leadership} says so. */
    @Singleton
    @Bean(preDestroy = "close")
    ClusterStatusWriter statuses(ClusterConnection cluster, PrometheusTelemetry telemetry) {
        return new ClusterStatusWriter(cluster, Clock.systemUTC(), telemetry);
    }

    /** Made only if something asks for it, with all who have something to do while this process leads. */
    @Singleton
    @Bean(preDestroy = "close")
    LeaseLeadership leadership(
            SourceConfig config, MeshConfig mesh, ClusterConnection cluster, List<LeaseLeadership.Listener> listeners) {
        String pod = config.podName().isEmpty() ? "control-plane" : config.podName();
        // A pod that is restarted in place keeps its name, and must not take its former self for itself.
        String identity = pod + "-" + UUID.randomUUID();
        return new LeaseLeadership(
                cluster, LeaseTerms.of(mesh.rootNamespace(), LEASE, identity), LeaseLeadership.Listener.all(listeners));
    }

    @Singleton
    @Bean(preDestroy = "close")
    ConfigurationSource source(
            SourceConfig config,
            MeshConfig mesh,
            DerivationConfig features,
            RemoteConfig remote,
            PrometheusTelemetry telemetry,
            BeanProvider<ClusterConnection> cluster,
            BeanProvider<ClusterStatusWriter> statuses) {
        var derivation = new DerivationOptions(
                new TrustDomain(mesh.trustDomain()),
                mesh.clusterId(),
                mesh.clusterDomain(),
                mesh.network(),
                mesh.rootNamespace(),
                features.features());
        return switch (config.kind()) {
            case KUBERNETES ->
                new ClusterConfigurationSource(cluster.get(), derivation, statuses.get(), remote.options(), telemetry);
            case MANIFESTS ->
                new ManifestConfigurationSource(
                        ManifestOptions.of(Path.of(config.manifests())).withStatusFolder(Path.of(config.podStatus())),
                        derivation);
        };
    }
}
