package dev.ambit.services.ztunnel;

import dev.ambit.adapters.linux.zds.ZdsPodFeed;
import dev.ambit.adapters.netty.NettyOptions;
import dev.ambit.adapters.netty.NettyTransport;
import dev.ambit.adapters.netty.names.NettyHostResolver;
import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.ports.credentials.Revocations;
import dev.ambit.ports.names.HostResolver;
import dev.ambit.ports.podnetwork.PodFeed;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.ports.transport.ListenPorts;
import dev.ambit.ports.transport.TcpKeepalive;
import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSecurity;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.credentials.CertificateKeeper;
import dev.ambit.services.ztunnel.credentials.LiveTunnels;
import dev.ambit.services.ztunnel.dns.DnsProxy;
import dev.ambit.services.ztunnel.dns.DnsServingTransport;
import dev.ambit.services.ztunnel.flow.FairShares;
import dev.ambit.services.ztunnel.flow.Flows;
import dev.ambit.services.ztunnel.flow.LoggedDecisions;
import dev.ambit.services.ztunnel.flow.OnDemand;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import dev.ambit.services.ztunnel.pod.PreparedPods;
import dev.ambit.services.ztunnel.pod.ServedPods;
import dev.ambit.services.ztunnel.pod.Shutdown;
import dev.ambit.services.ztunnel.pod.WorkloadShares;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ScheduledExecutorService;

/** The one place in ztunnel that knows which transports exist, and the pods they serve. */
@Factory
final class DataPlaneFactory {
    @Singleton
    @Bean(preDestroy = "close")
    Transport transport(
            ZtunnelConfig config, CertificateKeeper credentials, Revocations revocations, LiveTunnels tunnels) {
        var security = new TransportSecurity(
                credentials, revocations, tunnels, config.tls().policy());
        return switch (config.dataPlane().transport()) {
            case NETTY -> new NettyTransport(new NettyOptions(config.dataPlane().workers()), limits(config), security);
        };
    }

    /** Another process beside this one makes sense only where an agent tells both which pods to serve. */
    static boolean sharesPorts(ZtunnelConfig config) {
        return config.dataPlane().dedicated().isEmpty() && config.inPod().portReuse();
    }

    private static TransportLimits limits(ZtunnelConfig config) {
        var tunnels = config.tunnels();
        var keepalive = config.keepalive();
        return new TransportLimits(
                TransportLimits.ISTIO.connectTimeout(),
                TransportLimits.ISTIO.handshakeTimeout(),
                new TransportLimits.Tunnels(
                        tunnels.streamWindowBytes(),
                        tunnels.connectionWindowBytes(),
                        tunnels.frameBytes(),
                        tunnels.streamsMax(),
                        tunnels.unusedReleaseTimeout()),
                new TransportLimits.Sockets(
                        config.dataPlane().packetMark(),
                        config.dataPlane().originalSource(),
                        new TcpKeepalive(
                                keepalive.enabled(),
                                keepalive.time(),
                                keepalive.interval(),
                                keepalive.retries(),
                                keepalive.userTimeoutEnabled()),
                        sharesPorts(config)),
                config.shares().capacity());
    }

    /** Made before any thread is inside a pod's network namespace: names are looked up as the node does. */
    @Singleton
    @Bean(preDestroy = "close")
    HostResolver names(ZtunnelConfig config) {
        NettyHostResolver.Options system = NettyHostResolver.Options.SYSTEM;
        return new NettyHostResolver(config.dataPlane().ipv6Enabled() ? system : system.onlyIpv4());
    }

    @Singleton
    ServedPods pods(
            ZtunnelConfig config,
            Transport transport,
            Provider<DnsProxy> dns,
            Flows flows,
            CurrentMesh mesh,
            OnDemand onDemand,
            CertificateKeeper certificates,
            @Named("chores") ScheduledExecutorService chores,
            PrometheusTelemetry telemetry) {
        ListenPorts ports = config.dataPlane().socks5() ? ListenPorts.ISTIO_WITH_SOCKS5 : ListenPorts.ISTIO;
        Transport serving = config.dns().enabled() ? new DnsServingTransport(transport, dns.get()) : transport;
        var logged = new LoggedDecisions(flows, mesh, config.logging().authorizationAtInfo());
        FlowDecisions decisions = onDemand.prepared(logged, mesh);
        var pods = new ServedPods(
                serving,
                decisions,
                new PreparedPods(mesh, flows, certificates),
                wildcard(config),
                ports,
                chores,
                telemetry);
        telemetry.gauge(Gauge.ACTIVE_PROXIES, pods::activeCount);
        telemetry.gauge(Gauge.PENDING_PROXIES, pods::pendingCount);
        return pods;
    }

    @Singleton
    WorkloadShares shares(FairShares connections, ServedPods pods, PrometheusTelemetry telemetry) {
        var shares = new WorkloadShares(connections, pods);
        shares.register(telemetry);
        return shares;
    }

    @Singleton
    Shutdown shutdown(ZtunnelConfig config, ServedPods pods) {
        return new Shutdown(pods, config.drain().deadline(), config.drain().upgradeDeadline(), DataPlaneFactory::exit);
    }

    /** Not on the caller's thread, which may be an event loop: exiting waits for those. */
    private static void exit(int status) {
        Thread.ofPlatform().name("exit").start(() -> System.exit(status));
    }

    @Singleton
    @Bean(preDestroy = "close")
    PodFeed feed(ZtunnelConfig config) {
        return new ZdsPodFeed(config.inPod().socket());
    }

    /** The dual-stack wildcard, or IPv4's alone where IPv6 is switched off. */
    private static InetAddress wildcard(ZtunnelConfig config) {
        try {
            return InetAddress.getByAddress(new byte[config.dataPlane().ipv6Enabled() ? 16 : 4]);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
