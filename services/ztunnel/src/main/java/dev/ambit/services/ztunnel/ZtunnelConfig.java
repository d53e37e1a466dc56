package dev.ambit.services.ztunnel;

import dev.ambit.domain.identity.TrustDomain;
import io.micronaut.context.annotation.ConfigurationProperties;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything an operator can set, read once at start. application.yml names the environment variable and the default of
 * each.
 *
 * @param workers event loops of the data plane
 * @param authToken path of the bearer token file, read again at every request
 * @param secretTtl validity asked for in certificate requests
 * @param packetMark SO_MARK of the proxy's sockets, by which redirection knows them
 * @param connectionTerminationDeadline how long connections may finish at shutdown
 */
@ConfigurationProperties("ztunnel")
public record ZtunnelConfig(
        String transport,
        int workers,
        String nodeName,
        String network,
        String clusterId,
        String trustDomain,
        String podName,
        String podNamespace,
        String instanceIp,
        String xdsAddress,
        String caAddress,
        String xdsRootCa,
        String caRootCa,
        String altXdsHostname,
        String altCaHostname,
        String authToken,
        Duration secretTtl,
        String inpodUds,
        int packetMark,
        boolean ipv6Enabled,
        Duration connectionTerminationDeadline,
        int poolMaxStreamsPerConnection) {

    private static final int WORKERS_MAX = 256;
    private static final int STREAMS_MAX = 10_000;

    /** Which transport carries the data plane. */
    public enum TransportKind {
        NETTY;

        private static TransportKind named(String text) {
            for (TransportKind kind : values()) {
                if (kind.name().equalsIgnoreCase(text)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("TRANSPORT is '" + text + "', which this version does not have; choose "
                    + Stream.of(values())
                            .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(" or ")));
        }
    }

    public ZtunnelConfig {
        TransportKind.named(transport);
        within("ZTUNNEL_WORKER_THREADS", workers, 1, WORKERS_MAX);
        within("POOL_MAX_STREAMS_PER_CONNECTION", poolMaxStreamsPerConnection, 1, STREAMS_MAX);
        within("PACKET_MARK", packetMark, 0, Integer.MAX_VALUE);
        if (!TrustDomain.isValid(trustDomain)) {
            throw new IllegalArgumentException("TRUST_DOMAIN is '" + trustDomain
                    + "'; it must be 1 to 255 characters without slash or space, such as cluster.local");
        }
        if (secretTtl.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("SECRET_TTL is " + secretTtl + "; it must be at least 1s, such as 24h");
        }
        if (connectionTerminationDeadline.isNegative()) {
            throw new IllegalArgumentException("CONNECTION_TERMINATION_DEADLINE is " + connectionTerminationDeadline
                    + "; it must not be negative, such as 5s");
        }
        if (nodeName.isEmpty()) {
            throw new IllegalArgumentException("NODE_NAME is not set; it must name the node this proxy serves");
        }
    }

    public TransportKind transportKind() {
        return TransportKind.named(transport);
    }

    private static void within(String variable, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    variable + " is " + value + "; it must be between " + least + " and " + most);
        }
    }
}
