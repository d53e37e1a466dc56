package dev.ambit.services.controlplane;

import dev.ambit.adapters.xds.discovery.DeltaDiscoveryService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Value;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Discovery without TLS, beside the server that has it. It knows nobody who calls, so it serves what everybody may read, and no
 * certificates.
 */
@Singleton
final class PlaintextDiscovery implements ApplicationEventListener<ServerStartupEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(PlaintextDiscovery.class);

    private final DiscoveryConfig config;
    private final BeanProvider<DeltaDiscoveryService> discovery;
    private final int messageBytesMax;
    private final Duration keepAlive;
    private final Duration keepAliveTimeout;
    private final Duration connectionAge;
    private @Nullable Server server;

    PlaintextDiscovery(
            DiscoveryConfig config,
            BeanProvider<DeltaDiscoveryService> discovery,
            @Value("${grpc.server.max-inbound-message-size}") int messageBytesMax,
            @Value("${grpc.server.keep-alive-time}") Duration keepAlive,
            @Value("${grpc.server.keep-alive-timeout}") Duration keepAliveTimeout,
            @Value("${grpc.server.max-connection-age}") Duration connectionAge) {
        this.config = config;
        this.discovery = discovery;
        this.messageBytesMax = messageBytesMax;
        this.keepAlive = keepAlive;
        this.keepAliveTimeout = keepAliveTimeout;
        this.connectionAge = connectionAge;
    }

    /** Once: every server of this process says that it has started. */
    @Override
    public synchronized void onApplicationEvent(ServerStartupEvent event) {
        if (server != null) {
            return;
        }
        switch (config.plaintextReach()) {
            case OFF -> {}
            case LOOPBACK -> start(new InetSocketAddress(InetAddress.getLoopbackAddress(), config.plaintextPort()));
            case EVERYWHERE -> start(new InetSocketAddress(config.plaintextPort()));
        }
    }

    private synchronized void start(InetSocketAddress address) {
        try {
            server = NettyServerBuilder.forAddress(address)
                    .addService(discovery.get().forAnybody())
                    .maxInboundMessageSize(messageBytesMax)
                    .keepAliveTime(keepAlive.toMillis(), TimeUnit.MILLISECONDS)
                    .keepAliveTimeout(keepAliveTimeout.toMillis(), TimeUnit.MILLISECONDS)
                    .permitKeepAliveTime(keepAliveTimeout.toMillis(), TimeUnit.MILLISECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .maxConnectionAge(connectionAge.toMillis(), TimeUnit.MILLISECONDS)
                    .maxConnectionAgeGrace(keepAliveTimeout.toMillis(), TimeUnit.MILLISECONDS)
                    .build()
                    .start();
            LOG.info("discovery without TLS or authentication\taddress={}", address);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "XDS_PLAINTEXT is " + config.plaintext() + ", but " + address
                            + " cannot be listened on; free it, choose another XDS_PLAINTEXT_PORT, or set it to off",
                    e);
        }
    }

    /** The port it listens on; 0 if it does not. */
    synchronized int port() {
        return server == null ? 0 : server.getPort();
    }

    @PreDestroy
    synchronized void stop() {
        if (server != null) {
            server.shutdownNow();
        }
    }
}
