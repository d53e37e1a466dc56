package dev.ambit.services.ztunnel.web;

import dev.ambit.domain.flow.FairShare;
import dev.ambit.ports.transport.TransportLimits.Capacity;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.flow.FairShares;
import dev.ambit.services.ztunnel.pod.WorkloadShares;
import dev.ambit.services.ztunnel.pod.WorkloadShares.WorkloadShare;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;

/** What each workload has of this proxy, beside what it may have. */
@Singleton
final class SharesSection implements DumpSection {
    private final WorkloadShares shares;
    private final FairShares connections;
    private final Capacity capacity;

    SharesSection(WorkloadShares shares, FairShares connections, ZtunnelConfig config) {
        this.shares = shares;
        this.connections = connections;
        this.capacity = config.shares().capacity();
    }

    @Override
    public String key() {
        return "fairShares";
    }

    @Override
    public Object value() {
        List<WorkloadShare> all = shares.all();
        var node = new MeshDump.Fields();
        node.put("connections", used(connections.held(), connections.bounds().nodeConnections()));
        node.put("connectionRateMax", connections.bounds().nodeRate());
        node.put(
                "sockets",
                used(all.stream().mapToInt(share -> share.transport().sockets()).sum(), capacity.sockets()));
        node.put(
                "bufferedBytes",
                used(
                        all.stream()
                                .mapToLong(share -> share.transport().bufferedBytes())
                                .sum(),
                        capacity.nodeBufferedBytes()));
        var json = new MeshDump.Fields();
        json.put("node", node.json());
        json.put("workloads", all.stream().map(this::one).toList());
        return json.json();
    }

    /** One workload's, with its bounds. */
    Map<String, Object> one(WorkloadShare share) {
        FairShare bounds = connections.bounds();
        var json = new MeshDump.Fields();
        json.put("uid", share.pod().uid());
        json.put("namespace", share.pod().namespace());
        json.put("pod", share.pod().name());
        json.put("connections", used(share.connections().connections(), bounds.workloadConnections()));
        json.put("connectionTokens", used(share.connections().tokens(), (long)
                bounds.workloadBucket().burst()));
        json.put("connectionRateMax", bounds.workloadRate());
        json.put("refused", share.connections().refused());
        json.put("sockets", share.transport().sockets());
        json.put("bufferedBytes", used(share.transport().bufferedBytes(), capacity.podBufferedBytes()));
        return json.json();
    }

    /** One line for people. */
    String line(WorkloadShare share) {
        FairShare bounds = connections.bounds();
        return "connections " + share.connections().connections() + " of " + bounds.workloadConnections() + ", "
                + share.connections().tokens() + " new ones at once (" + bounds.workloadRate() + " per second), "
                + share.connections().refused() + " refused, sockets "
                + share.transport().sockets() + ", buffered "
                + share.transport().bufferedBytes() + " of " + capacity.podBufferedBytes() + " bytes";
    }

    private static Map<String, Object> used(long now, long max) {
        return Map.of("now", now, "max", max);
    }
}
