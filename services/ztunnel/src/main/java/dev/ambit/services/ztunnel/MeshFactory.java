package dev.ambit.services.ztunnel;

import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.adapters.xds.channel.ControlPlane;
import dev.ambit.adapters.xds.discovery.DemandLimits;
import dev.ambit.adapters.xds.discovery.NodeIdentity;
import dev.ambit.adapters.xds.discovery.XdsClientOptions;
import dev.ambit.adapters.xds.discovery.XdsMeshDiscovery;
import dev.ambit.domain.flow.InboundOptions;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.flow.NeededNames;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.domain.flow.OutboundReview;
import dev.ambit.domain.flow.ProxyPorts;
import dev.ambit.ports.discovery.MeshDiscovery;
import dev.ambit.ports.names.HostResolver;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.services.ztunnel.config.ControlPlaneConfig;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.flow.DemandedNames;
import dev.ambit.services.ztunnel.flow.FairShares;
import dev.ambit.services.ztunnel.flow.Flows;
import dev.ambit.services.ztunnel.flow.OnDemand;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import dev.ambit.services.ztunnel.mesh.MeshSources;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.HashMap;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
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
    MeshSources sources(ZtunnelConfig config, PrometheusTelemetry telemetry) {
        Optional<MeshDiscovery> discovery =
                config.discovery().controlPlane().address().map(address -> discovery(config, address, telemetry));
        return new MeshSources(config.discovery().local().map(LocalMeshFile::read), discovery);
    }

    private static MeshDiscovery discovery(ZtunnelConfig config, URI address, PrometheusTelemetry telemetry) {
        var node = config.node();
        var metadata = new HashMap<String, Object>(node.metadata());
        metadata.putAll(node.jsonMetadata());
        var identity =
                new NodeIdentity(node.instanceIp(), node.podName(), node.podNamespace(), node.nodeName(), metadata);
        ControlPlane controlPlane = controlPlane(config, config.discovery().controlPlane(), address);
        XdsClientOptions everything = XdsClientOptions.of(controlPlane, identity);
        return new XdsMeshDiscovery(
                config.discovery().onDemand() ? everything.onDemand(DemandLimits.USUAL) : everything, telemetry);
    }

    @Singleton
    OnDemand onDemand(ZtunnelConfig config, MeshSources sources, CurrentMesh mesh, PrometheusTelemetry telemetry) {
        Optional<DemandedNames> names = sources.discovery()
                .filter(_ -> config.discovery().onDemand())
                .map(discovery -> new DemandedNames(discovery, mesh, telemetry));
        return new OnDemand(
                names, new NeededNames(config.node().network(), config.node().clusterId()));
    }

    @Singleton
    FairShares shares(ZtunnelConfig config, PrometheusTelemetry telemetry) {
        var shares = new FairShares(config.shares().connections(), System::nanoTime, telemetry);
        telemetry.gauge(Gauge.LIMITED_CONNECTIONS, shares::held);
        telemetry.gauge(Gauge.GREEDIEST_WORKLOAD, shares::heldByGreediest);
        return shares;
    }

    @Singleton
    Flows flows(
            ZtunnelConfig config,
            CurrentMesh mesh,
            FairShares shares,
            HostResolver names,
            PrometheusTelemetry telemetry,
            @Named("chores") ScheduledExecutorService chores) {
        var ports = new ProxyPorts(config.dataPlane().socks5());
        var planning = new Flows.Planning(
                new OutboundPlanner(
                        config.node().network(),
                        () -> ThreadLocalRandom.current().nextLong(),
                        config.dataPlane().sameNodeFastPath(),
                        ports),
                new InboundPlanner(
                        config.node().network(),
                        new InboundOptions(
                                config.dataPlane().baggage(), config.dataPlane().localhostAppTunnel(), ports)),
                new OutboundReview(config.node().network()),
                names);
        var pace = new Flows.Pace(Flows.WORKLOAD_WAIT, config.shares().endingsPerSecond(), System::nanoTime, chores);
        var flows = new Flows(mesh, planning, shares, telemetry, telemetry, pace);
        telemetry.gauge(Gauge.LIVE_FLOWS, flows::liveCount);
        telemetry.gauge(Gauge.ENDING_FLOWS, flows::endingCount);
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
                config.tls().policy());
    }
}
