package dev.ambit.services.controlplane;

import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.adapters.xds.ca.CertificateService;
import dev.ambit.adapters.xds.channel.BearerTokens;
import dev.ambit.adapters.xds.channel.ClientCertificates;
import dev.ambit.adapters.xds.channel.PeerAddresses;
import dev.ambit.adapters.xds.debug.DebugDiscovery;
import dev.ambit.adapters.xds.debug.DebugPages;
import dev.ambit.adapters.xds.discovery.DeltaDiscoveryService;
import dev.ambit.domain.identity.Inspectors;
import dev.ambit.domain.identity.TrustDomain;
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
    DeltaDiscoveryService.Callers discoveryCallers(Callers callers, MeshAuthority authority) {
        return new DeltaDiscoveryService.Callers(
                callers,
                chain -> CertificateCallers.authenticate(
                        chain, authority.authority().trustBundle().revocationsPem()));
    }

    /** Not hosted by itself: {@link #debugDiscovery} brings it along. */
    @Singleton
    @Bean(preDestroy = "close", typed = DeltaDiscoveryService.class)
    DeltaDiscoveryService discovery(
            DiscoveryConfig config,
            PublishedMesh mesh,
            DeltaDiscoveryService.Callers callers,
            PrometheusTelemetry telemetry) {
        return new DeltaDiscoveryService(mesh, callers, telemetry, config.options());
    }

    @Singleton
    DebugDiscovery debugDiscovery(
            DeltaDiscoveryService discovery,
            DeltaDiscoveryService.Callers callers,
            Inspectors inspectors,
            DebugPages pages,
            SourceConfig source,
            PrometheusTelemetry telemetry) {
        String instance = source.podName().isEmpty() ? "control-plane" : source.podName();
        return new DebugDiscovery(discovery, callers, inspectors, pages, instance, telemetry);
    }

    @Singleton
    Inspectors inspectors(DebugConfig config, MeshConfig mesh) {
        var namespaces = new HashSet<>(config.allowedNamespaces());
        namespaces.add(mesh.rootNamespace());
        return new Inspectors(new TrustDomain(mesh.trustDomain()), namespaces);
    }

    @Singleton
    DebugAccess debugAccess(Callers callers, Inspectors inspectors, PrometheusTelemetry telemetry) {
        return new DebugAccess(callers, inspectors, telemetry);
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
    PeerAddresses peerAddresses() {
        return new PeerAddresses();
    }

    @Singleton
    ServingIdentity servingIdentity(MeshAuthority mesh, CaConfig config) {
        var identity = new ServingIdentity(mesh.servers(), config.serverNames());
        identity.trust(mesh.authority().trustBundle().rootsPem());
        return identity;
    }
}
