package dev.ambit.services.ztunnel.config;

import dev.ambit.adapters.xds.channel.BearerToken;
import java.nio.file.Path;

/**
 * Everything an operator can set, read once at start, by what it concerns. Names and defaults are those of Istio's
 * ztunnel; application.yml and docs/configuration.md list them. What the mesh's own configuration sets, environment
 * variables override.
 *
 * @param token shown to discovery and to the certificate authority
 */
public record ZtunnelConfig(
        NodeConfig node,
        DataPlaneConfig dataPlane,
        InPodConfig inPod,
        TunnelConfig tunnels,
        KeepaliveConfig keepalive,
        DiscoveryConfig discovery,
        AuthorityConfig authority,
        BearerToken token,
        DnsConfig dns,
        TlsConfig tls,
        LogConfig logging,
        ServerPorts ports,
        DrainConfig drain,
        ShareConfig shares) {

    /**
     * Reads and checks everything.
     *
     * @param meshFile the mesh's configuration; may be absent
     * @param processors that this process may use
     * @param descriptors that this process may open
     * @throws IllegalArgumentException if something cannot be used; the message is one line that names it, its value and
     *     the way out
     */
    static ZtunnelConfig read(Settings settings, Path meshFile, int processors, int descriptors) {
        MeshProxyConfig mesh = MeshProxyConfig.read(meshFile, settings);
        NodeConfig node = NodeConfig.read(settings, mesh);
        DataPlaneConfig dataPlane = DataPlaneConfig.read(settings, mesh, processors);
        DiscoveryConfig discovery = DiscoveryConfig.read(settings, mesh);
        DnsConfig dns = DnsConfig.read(settings, node);
        if (!dataPlane.enabled() && !dns.enabled()) {
            throw Settings.unusable(
                    "ENABLE_PROXY",
                    "false",
                    "with ISTIO_META_DNS_CAPTURE switched off too nothing is left to do; leave one of them on");
        }
        if (discovery.onDemand() && dns.enabled()) {
            throw Settings.unusable(
                    "XDS_ON_DEMAND",
                    "true",
                    "the DNS proxy has to know every service; set ISTIO_META_DNS_CAPTURE to false as well");
        }
        return new ZtunnelConfig(
                node,
                dataPlane,
                InPodConfig.read(settings),
                TunnelConfig.read(settings),
                KeepaliveConfig.read(settings),
                discovery,
                AuthorityConfig.read(settings),
                BearerToken.of(settings.text("AUTH_TOKEN")),
                dns,
                TlsConfig.read(settings),
                LogConfig.read(settings),
                ServerPorts.read(settings, mesh, dns),
                DrainConfig.read(settings),
                ShareConfig.read(settings, descriptors));
    }
}
