package dev.ambit.services.ztunnel.web;

import dev.ambit.services.ztunnel.config.ControlPlaneConfig;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The configuration under the names of Istio's ztunnel. Of headers to the control plane only the names: values are secrets. */
final class SettingsDump {

    static Map<String, @Nullable Object> of(ZtunnelConfig config) {
        var json = new HashMap<String, @Nullable Object>();
        json.put("proxy", config.dataPlane().enabled());
        json.put("dnsProxy", config.dns().enabled());
        json.put("windowSize", config.tunnels().streamWindowBytes());
        json.put("connectionWindowSize", config.tunnels().connectionWindowBytes());
        json.put("frameSize", config.tunnels().frameBytes());
        json.put("poolMaxStreamsPerConn", config.tunnels().streamsMax());
        json.put("poolUnusedReleaseTimeout", duration(config.tunnels().unusedReleaseTimeout()));
        json.put("adminAddr", Map.of("Localhost", List.of(true, config.ports().admin())));
        json.put("statsAddr", Map.of("SocketAddr", "[::]:" + config.ports().stats()));
        json.put("readinessAddr", Map.of("SocketAddr", "[::]:" + config.ports().readiness()));
        json.put("network", config.node().network());
        json.put("localNode", config.node().nodeName());
        json.put("proxyMode", config.dataPlane().dedicated().isPresent() ? "Dedicated" : "Shared");
        json.put("clusterId", config.node().clusterId());
        json.put("clusterDomain", config.node().clusterDomain());
        json.put("proxyMetadata", config.node().metadata());
        json.put("numWorkerThreads", config.dataPlane().workers());
        json.put("packetMark", config.dataPlane().packetMark());
        json.put("ipv6Enabled", config.dataPlane().ipv6Enabled());
        json.put("localhostAppTunnel", config.dataPlane().localhostAppTunnel());
        json.put("enableEnhancedBaggage", config.dataPlane().baggage());
        json.put(
                "requireOriginalSource",
                switch (config.dataPlane().originalSource()) {
                    case REQUIRED -> true;
                    case NEVER -> false;
                    case WHERE_ALLOWED -> null;
                });
        json.put("inpodUds", config.inPod().socket().toString());
        json.put("inpodPortReuse", config.inPod().portReuse());
        json.put("secretTtl", duration(config.authority().secretTtl()));
        json.put("selfTerminationDeadline", duration(config.drain().deadline()));
        json.put("xdsOnDemand", config.discovery().onDemand());
        json.put(
                "preferedServiceNamespace",
                config.dns().preferredServiceNamespace().orElse(null));
        end(json, "xds", config.discovery().controlPlane());
        end(json, "ca", config.authority().controlPlane());
        return json;
    }

    private static void end(Map<String, @Nullable Object> json, String prefix, ControlPlaneConfig end) {
        json.put(prefix + "Address", end.address().map(URI::toString).orElse(null));
        json.put(
                prefix.equals("ca") ? "altCaHostname" : "altXdsHostname",
                end.alternativeHostname().orElse(null));
        json.put(prefix + "Headers", end.headers().keySet().stream().sorted().toList());
    }

    /** As Rust writes a duration. */
    private static Map<String, Object> duration(Duration duration) {
        return Map.of("secs", duration.toSeconds(), "nanos", duration.toNanosPart());
    }

    private SettingsDump() {}
}
