package dev.ambit.ports.discovery;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A feed that a test fills by hand. Safe for use by several threads. */
public final class FakeMeshFeed implements MeshFeed {
    private final Map<PolicyName, AuthorizationPolicy> policies = new LinkedHashMap<>();
    private final Map<NamespacedHostname, MeshService> services = new LinkedHashMap<>();
    private final Map<WorkloadUid, Workload> workloads = new LinkedHashMap<>();
    private final List<Listener> listeners = new ArrayList<>();
    private boolean read = true;

    /** A feed whose configuration is not read until something is published. */
    public static FakeMeshFeed unread() {
        var feed = new FakeMeshFeed();
        feed.read = false;
        return feed;
    }

    /** Publishes changes as one batch; every listener has heard them when this returns. */
    public synchronized void publish(MeshChange... batch) {
        publish(List.of(batch));
    }

    public synchronized void publish(List<MeshChange> batch) {
        batch.forEach(this::apply);
        read = true;
        listeners.forEach(listener -> listener.changed(batch));
    }

    private void apply(MeshChange change) {
        switch (change) {
            case MeshChange.WorkloadUpserted(Workload workload) -> workloads.put(workload.uid(), workload);
            case MeshChange.WorkloadRemoved(WorkloadUid uid) -> workloads.remove(uid);
            case MeshChange.ServiceUpserted(MeshService service) -> services.put(service.key(), service);
            case MeshChange.ServiceRemoved(NamespacedHostname key) -> services.remove(key);
            case MeshChange.PolicyUpserted(AuthorizationPolicy policy) -> policies.put(policy.name(), policy);
            case MeshChange.PolicyRemoved(PolicyName name) -> policies.remove(name);
        }
    }

    @Override
    public synchronized Subscription subscribe(Listener listener) {
        var everything = new ArrayList<MeshChange>();
        policies.values().forEach(policy -> everything.add(new MeshChange.PolicyUpserted(policy)));
        services.values().forEach(service -> everything.add(new MeshChange.ServiceUpserted(service)));
        workloads.values().forEach(workload -> everything.add(new MeshChange.WorkloadUpserted(workload)));
        if (read) {
            listener.changed(everything);
        }
        listeners.add(listener);
        return () -> unsubscribe(listener);
    }

    private synchronized void unsubscribe(Listener listener) {
        listeners.remove(listener);
    }
}
