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
import dev.ambit.services.ztunnel.config.ControlPlaneConfig;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.flow.Flows;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.net.URI;
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
        var node = config.node();
        var identity = new NodeIdentity(node.instanceIp(), node.podName(), node.podNamespace(), node.nodeName());
        URI address = config.discovery()
                .controlPlane()
                .address()
                .orElseThrow(() -> new IllegalArgumentException(
                        "XDS_ADDRESS is ''; this version cannot be without discovery, set it to a URL"));
        ControlPlane controlPlane = controlPlane(config, config.discovery().controlPlane(), address);
        return new XdsMeshDiscovery(XdsClientOptions.of(controlPlane, identity), telemetry);
    }

    @Singleton
    Flows flows(ZtunnelConfig config, CurrentMesh mesh, PrometheusTelemetry telemetry) {
        var flows = new Flows(
                mesh,
                new OutboundPlanner(
                        config.node().network(),
                        () -> ThreadLocalRandom.current().nextLong(),
                        config.dataPlane().sameNodeFastPath()),
                new InboundPlanner(config.node().network()),
                telemetry,
                Flows.WORKLOAD_WAIT);
        telemetry.gauge(Gauge.LIVE_FLOWS, flows::liveCount);
        return flows;
    }

    static ControlPlane controlPlane(ZtunnelConfig config, ControlPlaneConfig end, URI address) {
        return new ControlPlane(
                address,
                end.roots(),
                end.alternativeHostname(),
                config.token(),
                config.node().clusterId(),
                end.headers(),
                config.tls().tls12Enabled());
    }
}
