package dev.ambit.services.ztunnel;

import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.adapters.xds.channel.ControlPlane;
import dev.ambit.adapters.xds.discovery.NodeIdentity;
import dev.ambit.adapters.xds.discovery.XdsClientOptions;
import dev.ambit.adapters.xds.discovery.XdsMeshDiscovery;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.ports.discovery.MeshDiscovery;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.services.ztunnel.flow.Flows;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The picture of the mesh, where it comes from, and the plans that are made from it. */
@Factory
final class MeshFactory {

    @Singleton
    CurrentMesh mesh(PrometheusTelemetry telemetry) {
        var mesh = new CurrentMesh();
        telemetry.gauge(Gauge.WORKLOADS, () -> mesh.view().counts().workloads());
        telemetry.gauge(Gauge.SERVICES, () -> mesh.view().counts().services());
        telemetry.gauge(Gauge.POLICIES, () -> mesh.view().counts().policies());
        return mesh;
    }

    @Singleton
    @Bean(preDestroy = "close")
    MeshDiscovery discovery(ZtunnelConfig config, PrometheusTelemetry telemetry) {
        var node = new NodeIdentity(config.instanceIp(), config.podName(), config.podNamespace(), config.nodeName());
        ControlPlane controlPlane =
                controlPlane(config, "XDS_ADDRESS", config.xdsAddress(), config.xdsRootCa(), config.altXdsHostname());
        return new XdsMeshDiscovery(XdsClientOptions.of(controlPlane, node), telemetry);
    }

    @Singleton
    Flows flows(ZtunnelConfig config, CurrentMesh mesh, PrometheusTelemetry telemetry) {
        var flows = new Flows(
                mesh,
                new OutboundPlanner(
                        config.network(), () -> ThreadLocalRandom.current().nextLong()),
                new InboundPlanner(config.network()),
                telemetry,
                Flows.WORKLOAD_WAIT);
        telemetry.gauge(Gauge.LIVE_FLOWS, flows::liveCount);
        return flows;
    }

    static ControlPlane controlPlane(
            ZtunnelConfig config, String variable, String address, String rootCa, String alternativeHostname) {
        String withScheme = address.contains("://") ? address : "https://" + address;
        return new ControlPlane(
                uri(variable, withScheme),
                Optional.of(Path.of(rootCa)),
                alternativeHostname.isEmpty() ? Optional.empty() : Optional.of(alternativeHostname),
                Optional.of(Path.of(config.authToken())),
                config.clusterId());
    }

    private static URI uri(String variable, String address) {
        try {
            return URI.create(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    variable + " is '" + address + "'; it must be a URL, such as https://istiod.istio-system.svc:15012",
                    e);
        }
    }
}
