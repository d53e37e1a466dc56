package dev.ambit.adapters.telemetry.log;

import java.util.List;

/** What a logger is called in a line: by Istio's module where ztunnel has one for it, else by its package. */
final class Targets {
    private static final String OURS = "dev.ambit.";

    /** Package, below ours, to Istio's module; the first that fits. */
    private static final List<List<String>> MODULES = List.of(
            List.of("services.ztunnel.web.", "admin"),
            List.of("services.ztunnel.dns.", "dns::server"),
            List.of("adapters.dns.", "dns::server"),
            List.of("services.ztunnel.credentials.", "identity::manager"),
            List.of("adapters.xds.ca.", "identity::caclient"),
            List.of("services.ztunnel.pod.", "inpod::statemanager"),
            List.of("adapters.linux.zds.", "inpod::workloadmanager"),
            List.of("adapters.linux.", "inpod"),
            List.of("services.ztunnel.flow.", "proxy"),
            List.of("adapters.netty.tls.", "tls"),
            List.of("adapters.netty.", "proxy"),
            List.of("services.ztunnel.mesh.", "state"),
            List.of("adapters.xds.", "xds::client"),
            List.of("services.ztunnel.config.", "config"),
            List.of("services.ztunnel.", "app"));

    static String of(String logger) {
        if (!logger.startsWith(OURS)) {
            return logger.indexOf('.') < 0 ? logger : packageOf(logger);
        }
        String inner = logger.substring(OURS.length());
        for (List<String> module : MODULES) {
            if (inner.startsWith(module.getFirst())) {
                return module.getLast();
            }
        }
        return packageOf(inner);
    }

    private static String packageOf(String name) {
        int last = name.lastIndexOf('.');
        return (last < 0 ? name : name.substring(0, last)).replace(".", "::");
    }

    private Targets() {}
}
