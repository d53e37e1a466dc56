package dev.ambit.adapters.xds.local;

import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The operator's picture of the mesh, whole: what is wrong anywhere refuses all of it.
 *
 * @param changes that make an empty view this picture; policies come first, so that nothing is open in between
 * @param withoutIdentity workloads that name no trust domain or no service account: no certificate fits them
 */
public record LocalMesh(List<MeshChange> changes, List<WorkloadUid> withoutIdentity) {
    private static final String WORKLOADS = "workloads";
    private static final String POLICIES = "policies";
    private static final String SERVICES = "services";

    public LocalMesh {
        changes = List.copyOf(changes);
        withoutIdentity = List.copyOf(withoutIdentity);
    }

    /**
     * Reads YAML in the format of Istio's ztunnel; nothing at all is an empty mesh.
     *
     * @throws LocalMeshException if anything cannot be understood; the message names the line and the field
     */
    public static LocalMesh read(String yaml) {
        Optional<LocalNode> root = LocalYaml.read(yaml);
        if (root.isEmpty()) {
            return new LocalMesh(List.of(), List.of());
        }
        var fields = new LocalFields(root.get(), "", Set.of(WORKLOADS, POLICIES, SERVICES));
        var workloads = new LinkedHashMap<WorkloadUid, Workload>();
        for (LocalFields.Item item : fields.list(WORKLOADS)) {
            Workload workload = LocalWorkloads.read(item);
            once(workloads.putIfAbsent(workload.uid(), workload), item, "uid", workload.uid());
        }
        var policies = new LinkedHashMap<PolicyName, AuthorizationPolicy>();
        for (LocalFields.Item item : fields.list(POLICIES)) {
            AuthorizationPolicy policy = LocalPolicies.read(item);
            once(policies.putIfAbsent(policy.name(), policy), item, "name", policy.name());
        }
        var changes = new ArrayList<MeshChange>();
        policies.values().forEach(policy -> changes.add(new MeshChange.PolicyUpserted(policy)));
        var keys = new HashSet<Object>();
        for (LocalFields.Item item : fields.list(SERVICES)) {
            LocalServices.Read read = LocalServices.read(item);
            if (!keys.add(read.service().key())) {
                throw twice(item, "hostname", read.service().key());
            }
            changes.add(new MeshChange.ServiceUpserted(read.service()));
            join(workloads, read, item);
        }
        workloads.values().forEach(workload -> changes.add(new MeshChange.WorkloadUpserted(workload)));
        return new LocalMesh(
                changes,
                workloads.values().stream()
                        .filter(LocalMesh::isWithoutIdentity)
                        .map(Workload::uid)
                        .toList());
    }

    private static void once(@Nullable Object before, LocalFields.Item item, String key, Object name) {
        if (before != null) {
            throw twice(item, key, name);
        }
    }

    private static LocalMeshException twice(LocalFields.Item item, String key, Object name) {
        return new LocalMeshException(
                item.node().line(), item.path() + " has " + key + " '" + name + "', which is there already");
    }

    /** A service's own list of endpoints says the same as the workloads' lists of services. */
    private static void join(Map<WorkloadUid, Workload> workloads, LocalServices.Read read, LocalFields.Item item) {
        MeshService service = read.service();
        read.endpoints().forEach((uid, ports) -> {
            Workload workload = workloads.get(uid);
            if (workload == null) {
                throw new LocalMeshException(
                        item.node().line(),
                        item.path() + ".endpoints names a workload that is not there: '" + uid + "'");
            }
            var services = new HashMap<>(workload.services());
            services.put(service.key(), ports);
            workloads.put(uid, workload.toBuilder().services(services).build());
        });
    }

    private static boolean isWithoutIdentity(Workload workload) {
        return workload.identity().trustDomain().name().equals(LocalWorkloads.UNSET)
                || workload.identity().serviceAccount().equals(LocalWorkloads.UNSET);
    }
}
