package dev.ambit.services.ztunnel;

import dev.ambit.adapters.netty.dns.NettyDnsServer;
import dev.ambit.adapters.netty.dns.NettyDnsUpstream;
import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.dns.NameExpansion;
import dev.ambit.domain.dns.NameResolver;
import dev.ambit.domain.dns.ResolverSettings;
import dev.ambit.domain.dns.SearchDomains;
import dev.ambit.ports.dns.DnsLimits;
import dev.ambit.ports.dns.DnsServer;
import dev.ambit.ports.dns.DnsUpstream;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.dns.DnsProxy;
import dev.ambit.services.ztunnel.dns.DnsProxyOptions;
import dev.ambit.services.ztunnel.dns.Forwarding;
import dev.ambit.services.ztunnel.flow.Flows;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The DNS proxy and whom it asks. */
@Factory
final class DnsFactory {
    private static final Logger LOG = LoggerFactory.getLogger(DnsFactory.class);
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

    @Singleton
    @Bean(preDestroy = "close")
    DnsServer server(ZtunnelConfig config) {
        return switch (config.dataPlane().transport()) {
            case NETTY ->
                new NettyDnsServer(DnsLimits.STANDARD
                        .withPacketMark(config.dataPlane().packetMark())
                        .withPortReuse(DataPlaneFactory.sharesPorts(config)));
        };
    }

    @Singleton
    @Bean(preDestroy = "close")
    DnsUpstream upstream(ZtunnelConfig config) {
        return switch (config.dataPlane().transport()) {
            case NETTY -> new NettyDnsUpstream(config.dataPlane().packetMark());
        };
    }

    @Singleton
    DnsProxy proxy(
            ZtunnelConfig config,
            DnsServer server,
            DnsUpstream upstream,
            CurrentMesh mesh,
            PrometheusTelemetry telemetry) {
        ResolverSettings settings = settings();
        boolean dedicated = config.dataPlane().dedicated().isPresent();
        List<IpAddress> nameservers = dedicated ? settings.nameservers() : settings.reachableFromPods();
        if (nameservers.isEmpty()) {
            LOG.warn(
                    "names outside the mesh cannot be resolved: {} has no name server that a pod can reach\tnameservers={}",
                    RESOLV_CONF,
                    settings.nameservers());
        }
        var search = dedicated ? new SearchDomains.Fixed(settings.search()) : new SearchDomains.OfNamespace();
        var resolver = new NameResolver(
                new NameExpansion(config.node().clusterDomain(), search),
                config.dns().preferredServiceNamespace().orElse(""),
                config.dataPlane().ipv6Enabled(),
                () -> ThreadLocalRandom.current().nextLong());
        var options = DnsProxyOptions.of(
                config.dns().address(), config.dns().port(), config.dataPlane().ipv6Enabled(), nameservers);
        return new DnsProxy(
                server,
                options,
                resolver,
                new Forwarding(upstream, options.nameservers(), new SecureRandom()),
                mesh,
                telemetry,
                Flows.WORKLOAD_WAIT);
    }

    private static ResolverSettings settings() {
        try {
            return ResolverSettings.parse(Files.readString(RESOLV_CONF));
        } catch (IOException e) {
            LOG.warn("cannot read {}\tcause=\"{}\"", RESOLV_CONF, String.valueOf(e.getMessage()));
            return ResolverSettings.parse("");
        }
    }
}
