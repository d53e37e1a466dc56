package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.enrolment.Enrolment;
import dev.ambit.domain.workload.TunnelProtocol;
import java.util.Map;

/**
 * How a workload wants to be reached, by the node agent's annotation and the workload's own label.
 *
 * @param isNative the workload ends tunnels itself
 */
public record Tunnel(TunnelProtocol protocol, boolean isNative) {
    private static final String NATIVE_TUNNEL = "networking.istio.io/tunnel";

    static Tunnel of(Map<String, String> labels, Map<String, String> annotations) {
        boolean isNative = "http".equals(labels.get(NATIVE_TUNNEL));
        boolean captured = "enabled".equals(annotations.get(Enrolment.REDIRECTION));
        return new Tunnel(isNative || captured ? TunnelProtocol.HBONE : TunnelProtocol.NONE, isNative);
    }
}
