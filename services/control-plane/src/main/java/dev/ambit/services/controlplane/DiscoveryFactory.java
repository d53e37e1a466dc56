package dev.ambit.services.controlplane;

import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.adapters.xds.ca.CertificateService;
import dev.ambit.adapters.xds.channel.BearerTokens;
import dev.ambit.adapters.xds.channel.ClientCertificates;
import dev.ambit.adapters.xds.discovery.DeltaDiscoveryService;
import dev.ambit.ports.ca.CertificateIssuing;
import dev.ambit.services.controlplane.issuing.Callers;
import dev.ambit.services.controlplane.issuing.CertificateCallers;
import dev.ambit.services.controlplane.issuing.MeshAuthority;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import dev.ambit.services.controlplane.web.DebugAccess;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.util.HashSet;

/** The services that proxies call, hosted by Micronaut's gRPC server. */
@Factory
final class DiscoveryFactory {

    @Singleton
    @Bean(preDestroy = "close")
    DeltaDiscoveryService discovery(
            DiscoveryConfig config,
            PublishedMesh mesh,
            Callers callers,
            MeshAuthority authority,
            PrometheusTelemetry telemetry) {
        var known = new DeltaDiscoveryService.Callers(
                callers,
                chain -> CertificateCallers.authenticate(
                        chain, authority.authority().trustBundle().revocationsPem()));
        return new DeltaDiscoveryService(mesh, known, telemetry, config.options());
    }

    @Singleton
    DebugAccess debugAccess(DebugConfig config, MeshConfig mesh, Callers callers) {
        var namespaces = new HashSet<>(config.allowedNamespaces());
        namespaces.add(mesh.rootNamespace());
        return new DebugAccess(callers, namespaces);
    }

    @Singleton
    CertificateService certificates(CertificateIssuing issuing) {
        return new CertificateService(issuing);
    }

    @Singleton
    BearerTokens bearerTokens() {
        return new BearerTokens();
    }

    @Singleton
    ClientCertificates clientCertificates() {
        return new ClientCertificates();
    }

    @Singleton
    ServingIdentity servingIdentity(MeshAuthority mesh, CaConfig config) {
        var identity = new ServingIdentity(mesh.servers(), config.serverNames());
        identity.trust(mesh.authority().trustBundle().rootsPem());
        return identity;
    }
}
