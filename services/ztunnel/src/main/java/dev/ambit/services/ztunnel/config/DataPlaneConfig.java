package dev.ambit.services.ztunnel.config;

import dev.ambit.ports.transport.TransportLimits.OriginalSource;
import java.util.Map;
import java.util.Optional;

/**
 * What carries connections, and how they look from outside.
 *
 * @param workers event loops
 * @param enabled whether connections are proxied at all, or DNS alone
 * @param dedicated the one workload served without a node agent; empty in shared mode, where the agent hands over pods
 * @param packetMark SO_MARK of the proxy's own sockets, by which redirection knows them; 0 sets none
 * @param originalSource whether applications see the caller's address
 * @param ipv6Enabled whether to listen on IPv6 as well
 * @param localhostAppTunnel whether an application's PROXY tunnel is dialled on loopback
 * @param baggage whether to answer tunnels with baggage and to believe the baggage of requests
 * @param socks5 whether pods are offered a SOCKS5 proxy on port 15080
 * @param sameNodeFastPath whether pods of this node talk without a tunnel, though with all its checks
 */
public record DataPlaneConfig(
        TransportKind transport,
        int workers,
        boolean enabled,
        Optional<ServedWorkload> dedicated,
        int packetMark,
        OriginalSource originalSource,
        boolean ipv6Enabled,
        boolean localhostAppTunnel,
        boolean baggage,
        boolean socks5,
        boolean sameNodeFastPath) {

    private static final int MARK_SHARED = 0x539;

    /** Which transport carries the data plane. */
    public enum TransportKind {
        NETTY
    }

    static DataPlaneConfig read(Settings settings, MeshProxyConfig mesh, int processors) {
        boolean dedicated = settings.choice("PROXY_MODE", Map.of("shared", false, "dedicated", true));
        OriginalSource source = settings.optionalFlag("ENABLE_ORIG_SRC")
                .map(wanted -> wanted ? OriginalSource.REQUIRED : OriginalSource.NEVER)
                .orElse(OriginalSource.WHERE_ALLOWED);
        return new DataPlaneConfig(
                settings.choice("TRANSPORT", Map.of("netty", TransportKind.NETTY)),
                new WorkerThreads(settings, processors).count(mesh.concurrency()),
                settings.flag("ENABLE_PROXY"),
                dedicated ? Optional.of(ServedWorkload.read(settings)) : Optional.empty(),
                settings.optionalNumber("PACKET_MARK", 0, Integer.MAX_VALUE).orElse(dedicated ? 0 : MARK_SHARED),
                source,
                settings.flag("IPV6_ENABLED"),
                settings.flag("LOCALHOST_APP_TUNNEL"),
                settings.flag("ENABLE_RESPONSE_BAGGAGE"),
                settings.flag("UNSTABLE_ENABLE_SOCKS5"),
                settings.flag("AMBIT_SAME_NODE_FAST_PATH"));
    }
}
