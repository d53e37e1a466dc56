package dev.ambit.services.controlplane;

import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.adapters.xds.ca.CertificateService;
import dev.ambit.adapters.xds.channel.BearerTokens;
import dev.ambit.adapters.xds.channel.ClientCertificates;
import dev.ambit.adapters.xds.discovery.DeltaDiscoveryService;
import dev.ambit.ports.ca.CertificateIssuing;
import dev.ambit.services.controlplane.issuing.Callers;
import dev.ambit.services.controlplane.issuing.MeshAuthority;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;

/** The services that proxies call, hosted by Micronaut's gRPC server. */
@Factory
final class DiscoveryFactory {

    @Singleton
    DeltaDiscoveryService discovery(PublishedMesh mesh, Callers callers, PrometheusTelemetry telemetry) {
        return new DeltaDiscoveryService(mesh, callers, telemetry);
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
