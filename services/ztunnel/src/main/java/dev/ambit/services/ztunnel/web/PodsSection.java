package dev.ambit.services.ztunnel.web;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.flow.Flows;
import dev.ambit.services.ztunnel.pod.PodState;
import dev.ambit.services.ztunnel.pod.ServedPods;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The pods of this node by their Kubernetes UID, with the connections that are being carried for each. */
@Singleton
final class PodsSection implements DumpSection {
    private final ServedPods pods;
    private final Flows flows;
    private final String trustDomain;

    PodsSection(ServedPods pods, Flows flows, ZtunnelConfig config) {
        this.pods = pods;
        this.flows = flows;
        this.trustDomain = config.node().trustDomain().name();
    }

    /** What one pod carries. */
    private record Connections(List<Map<String, Object>> inbound, List<Map<String, Object>> outbound) {
        Connections() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    @Override
    public String key() {
        return "workloadState";
    }

    @Override
    public Object value() {
        var carried = new HashMap<String, Connections>();
        flows.forEachLive((pod, context) -> {
            Connections connections = carried.computeIfAbsent(pod.uid(), _ -> new Connections());
            boolean outbound = context.reporter() == Reporter.SOURCE;
            (outbound ? connections.outbound() : connections.inbound()).add(connection(context, outbound));
        });
        var json = new TreeMap<String, Object>();
        for (PodState each : pods.states()) {
            Connections connections = carried.getOrDefault(each.pod().uid(), new Connections());
            json.put(each.pod().uid(), pod(each, connections));
        }
        return json;
    }

    private Map<String, Object> pod(PodState state, Connections connections) {
        var json = new MeshDump.Fields();
        json.put(
                "state",
                switch (state.phase()) {
                    case PENDING -> "Pending";
                    case UP -> "Up";
                });
        json.put("connections", Map.of("inbound", connections.inbound(), "outbound", connections.outbound()));
        PodRef pod = state.pod();
        var info = new MeshDump.Fields();
        info.put("name", pod.name());
        info.put("namespace", pod.namespace());
        info.put("trustDomain", trustDomain);
        info.put("serviceAccount", pod.serviceAccount());
        json.put("info", info.json());
        return json.json();
    }

    /** The original destination of a tunnel is what its CONNECT asks for. */
    private static Map<String, Object> connection(FlowContext context, boolean outbound) {
        String asked = context.hboneAuthority().isEmpty() ? context.target().toString() : context.hboneAuthority();
        String actual =
                outbound || IpPort.parse(asked).isEmpty() ? context.target().toString() : asked;
        var json = new MeshDump.Fields();
        json.put("src", context.client().toString());
        json.put(
                "originalDst",
                outbound || context.service().hostname().isEmpty()
                        ? asked
                        : context.service().hostname());
        json.put("actualDst", actual);
        json.put("protocol", context.mutualTls() ? "HBONE" : "TCP");
        return json.json();
    }
}
