package dev.ambit.services.controlplane;

import dev.ambit.adapters.k8s.manifests.ManifestConfigurationSource;
import dev.ambit.adapters.k8s.manifests.ManifestOptions;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.nio.file.Path;

/** The configuration and the mesh that is derived from it. */
@Factory
final class MeshFactory {

    @Singleton
    PublishedMesh mesh(PrometheusTelemetry telemetry) {
        return new PublishedMesh(telemetry);
    }

    @Singleton
    @Bean(preDestroy = "close")
    ConfigurationSource source(SourceConfig config, MeshConfig mesh, DerivationConfig features) {
        var options = ManifestOptions.of(Path.of(config.manifests())).withStatusFolder(Path.of(config.podStatus()));
        var derivation = new DerivationOptions(
                new TrustDomain(mesh.trustDomain()),
                mesh.clusterId(),
                mesh.clusterDomain(),
                mesh.network(),
                mesh.rootNamespace(),
                features.features());
        return new ManifestConfigurationSource(options, derivation);
    }
}
