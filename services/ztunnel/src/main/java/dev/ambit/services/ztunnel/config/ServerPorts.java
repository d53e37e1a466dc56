package dev.ambit.services.ztunnel.config;

/** Ports of this process's own HTTP servers. */
public record ServerPorts(int admin, int stats, int readiness) {
    private static final int PORT_MAX = 65_535;
    private static final int ADMIN = 15_000;
    private static final int STATS = 15_020;

    static ServerPorts read(Settings settings, MeshProxyConfig mesh) {
        return new ServerPorts(
                settings.set("ADMIN_PORT").isPresent()
                        ? settings.number("ADMIN_PORT", 0, PORT_MAX)
                        : mesh.proxyAdminPort().orElse(ADMIN),
                settings.set("STATS_PORT").isPresent()
                        ? settings.number("STATS_PORT", 0, PORT_MAX)
                        : mesh.statsPort().orElse(STATS),
                settings.number("READINESS_PORT", 0, PORT_MAX));
    }
}
