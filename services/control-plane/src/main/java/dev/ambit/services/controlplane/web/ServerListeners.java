package dev.ambit.services.controlplane.web;

import io.micronaut.context.annotation.Value;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.server.netty.configuration.NettyHttpServerConfiguration;
import io.micronaut.http.server.netty.configuration.NettyHttpServerConfiguration.NettyListenerConfiguration;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the web servers listen: readiness, metrics and monitoring at every address, the admin server at localhost alone. */
@Singleton
final class ServerListeners implements BeanCreatedEventListener<NettyHttpServerConfiguration> {
    private final int readinessPort;
    private final int metricsPort;
    private final int adminPort;
    private final int monitoringPort;

    ServerListeners(
            @Value("${micronaut.server.port}") int readinessPort,
            @Value("${micronaut.metrics-port}") int metricsPort,
            @Value("${micronaut.admin-port}") int adminPort,
            @Value("${micronaut.monitoring-port}") int monitoringPort) {
        this.readinessPort = readinessPort;
        this.metricsPort = metricsPort;
        this.adminPort = adminPort;
        this.monitoringPort = monitoringPort;
    }

    @Override
    public NettyHttpServerConfiguration onCreated(BeanCreatedEvent<NettyHttpServerConfiguration> event) {
        event.getBean()
                .setListeners(List.of(
                        listener("readiness", null, readinessPort, true),
                        listener("metrics", null, metricsPort, false),
                        listener("monitoring", null, monitoringPort, false),
                        listener("admin", "127.0.0.1", adminPort, false)));
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
}
