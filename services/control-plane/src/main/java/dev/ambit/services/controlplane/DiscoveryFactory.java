package dev.ambit.services.controlplane;

import dev.ambit.adapters.istiodca.token.StandaloneCallerAuthentication;
import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.adapters.xds.ca.CertificateService;
import dev.ambit.adapters.xds.channel.BearerTokens;
import dev.ambit.adapters.xds.discovery.DeltaDiscoveryService;
import dev.ambit.ports.ca.CertificateIssuing;
import dev.ambit.ports.ca.ServerCertificates;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;

/** The services that proxies call, hosted by Micronaut's gRPC server. */
@Factory
final class DiscoveryFactory {

    @Singleton
    DeltaDiscoveryService discovery(
            PublishedMesh mesh, StandaloneCallerAuthentication tokens, PrometheusTelemetry telemetry) {
        return new DeltaDiscoveryService(mesh, tokens, telemetry);
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
    ServingIdentity servingIdentity(ServerCertificates authority, CaConfig config) {
        return new ServingIdentity(authority, config.serverNames());
    }
}
