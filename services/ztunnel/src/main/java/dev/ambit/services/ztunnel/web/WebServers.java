package dev.ambit.services.ztunnel.web;

import dev.ambit.services.ztunnel.config.ServerPorts;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The servers of this proxy: readiness and metrics at every address, the admin server at localhost alone, of both families
 * where the kernel has both. A port that is taken ends the start.
 */
@Singleton
public final class WebServers {
    private static final Path IPV6_OFF = Path.of("/proc/sys/net/ipv6/conf/lo/disable_ipv6");

    private final ServerPorts ports;
    private final boolean ipv6;
    private final List<Route> readiness;
    private final List<Route> metrics;
    private final List<Route> admin;
    private final List<WebServer> servers = new ArrayList<>();

    WebServers(
            ZtunnelConfig config,
            ReadinessController readiness,
            MetricsController metrics,
            AdminController admin,
            ExplainController explain,
            ProfileController profiles) {
        this.ports = config.ports();
        this.ipv6 = config.dataPlane().ipv6Enabled();
        this.readiness = readiness.routes();
        this.metrics = metrics.routes();
        this.admin = Stream.of(admin.routes(), explain.routes(), profiles.routes())
                .flatMap(List::stream)
                .toList();
    }

    /**
     * Listens everywhere, then answers; once.
     *
     * @throws IOException if an address is taken, with that address
     */
    public void start() throws IOException {
        try {
            listen(everywhere(ports.readiness()), readiness);
            listen(everywhere(ports.stats()), metrics);
            listen(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), ports.admin()), admin);
            if (ipv6 && hasIpv6Loopback(IPV6_OFF)) {
                listen(new InetSocketAddress(InetAddress.ofLiteral("::1"), ports.admin()), admin);
            }
        } catch (IOException e) {
            stop();
            throw e;
        }
        servers.forEach(WebServer::start);
    }

    @PreDestroy
    void stop() {
        servers.forEach(WebServer::close);
        servers.clear();
    }

    private void listen(InetSocketAddress address, List<Route> routes) throws IOException {
        servers.add(new WebServer(address, routes));
    }

    private InetSocketAddress everywhere(int port) {
        return ipv6 ? new InetSocketAddress(port) : new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), port);
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
