package dev.ambit.services.ztunnel.web;

import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.server.netty.configuration.NettyHttpServerConfiguration;
import io.micronaut.http.server.netty.configuration.NettyHttpServerConfiguration.NettyListenerConfiguration;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the servers listen: readiness and metrics at every address, the admin server at localhost alone, of both families
 * where the kernel has both. A port that is taken ends the start.
 */
@Singleton
final class ServerListeners implements BeanCreatedEventListener<NettyHttpServerConfiguration> {
    private static final Path IPV6_OFF = Path.of("/proc/sys/net/ipv6/conf/lo/disable_ipv6");

    private final ZtunnelConfig config;

    ServerListeners(ZtunnelConfig config) {
        this.config = config;
    }

    @Override
    public NettyHttpServerConfiguration onCreated(BeanCreatedEvent<NettyHttpServerConfiguration> event) {
        List<NettyListenerConfiguration> listeners = new ArrayList<>();
        String wildcard = config.dataPlane().ipv6Enabled() ? null : "0.0.0.0";
        listeners.add(listener("readiness", wildcard, config.ports().readiness(), true));
        listeners.add(listener("metrics", wildcard, config.ports().stats(), false));
        listeners.add(listener("admin", "127.0.0.1", config.ports().admin(), false));
        if (config.dataPlane().ipv6Enabled() && hasIpv6Loopback(IPV6_OFF)) {
            listeners.add(listener("admin-ipv6", "::1", config.ports().admin(), false));
        }
        event.getBean().setListeners(listeners);
        return event.getBean();
    }

    private static NettyListenerConfiguration listener(
            String name, @Nullable String host, int port, boolean defaultRoutes) {
        var listener = new NettyListenerConfiguration(name);
        listener.setHost(host);
        listener.setPort(port);
        listener.setSsl(false);
        listener.setExposeDefaultRoutes(defaultRoutes);
        return listener;
    }

    /** What the kernel says about the loopback device. */
    static boolean hasIpv6Loopback(Path disabled) {
        try {
            return Files.readString(disabled).strip().equals("0");
        } catch (IOException _) {
            return false;
        }
    }
}
