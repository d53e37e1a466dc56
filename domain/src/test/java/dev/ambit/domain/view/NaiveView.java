package dev.ambit.domain.view;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.AuthorizationPolicy.Scope;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.policy.PolicySet;
import dev.ambit.domain.service.LoadBalancing.HealthPolicy;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.service.Visibility;
import dev.ambit.domain.workload.Health;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@link MeshView} promises, without any index: three maps, and every question is a scan. */
final class NaiveView {
    private final Map<String, Workload> workloads = new TreeMap<>();
    private final Map<NamespacedHostname, MeshService> services = new TreeMap<>();
    private final Map<PolicyName, AuthorizationPolicy> policies = new TreeMap<>();

    void apply(List<MeshChange> changes) {
        for (MeshChange change : changes) {
            switch (change) {
                case MeshChange.WorkloadUpserted(Workload workload) ->
                    workloads.put(workload.uid().value(), workload);
                case MeshChange.WorkloadRemoved(WorkloadUid uid) -> workloads.remove(uid.value());
                case MeshChange.ServiceUpserted(MeshService service) -> services.put(service.key(), service);
                case MeshChange.ServiceRemoved(NamespacedHostname key) -> services.remove(key);
                case MeshChange.PolicyUpserted(AuthorizationPolicy policy) -> policies.put(policy.name(), policy);
                case MeshChange.PolicyRemoved(PolicyName name) -> policies.remove(name);
            }
        }
    }

    Optional<Workload> workloadAt(NetworkAddress address) {
        return workload(candidate -> candidate.networkAddresses().contains(address));
    }

    Optional<Workload> workloadNamed(NamespacedHostname name) {
        return workload(candidate -> candidate.namespace().equals(name.namespace())
                && candidate.hostname().equals(name.hostname()));
    }

    Optional<Workload> workloadOf(PodRef pod) {
        return workload(pod::is);
    }

    private Optional<Workload> workload(Predicate<Workload> wanted) {
        Function<Workload, Integer> points =
                candidate -> (candidate.uid().isPod() ? 2 : 0) + (candidate.isHbone() ? 1 : 0);
        return workloads.values().stream()
                .filter(wanted)
                .min(Comparator.comparing(points)
                        .reversed()
                        .thenComparing(candidate -> candidate.uid().value()));
    }

    Optional<MeshService> service(NamespacedHostname key) {
        return Optional.ofNullable(services.get(key));
    }

    Optional<MeshService> serviceByHostname(String hostname, String caller) {
        return visible(caller)
                .filter(service -> service.hostname().equals(hostname))
                .min(preference(caller));
    }

    Optional<MeshService> exactly(NetworkAddress address, String caller) {
        return visible(caller)
                .filter(service -> service.addresses().contains(VirtualAddress.of(address)))
                .min(preference(caller));
    }

    Optional<MeshService> around(NetworkAddress address, String caller) {
        Function<MeshService, Integer> longest = service -> longest(service, address);
        return visible(caller)
                .filter(service -> longest.apply(service) >= 0)
                .min(Comparator.comparing(
                                (MeshService service) -> !service.namespace().equals(caller))
                        .thenComparing(longest, Comparator.reverseOrder())
                        .thenComparing(preference(caller)));
    }

    private static int longest(MeshService service, NetworkAddress address) {
        return service.addresses().stream()
                .filter(block -> !block.isHost() && block.network().equals(address.network()))
                .map(VirtualAddress::block)
                .filter(block -> block.contains(address.ip()))
                .mapToInt(Cidr::prefixLength)
                .max()
                .orElse(-1);
    }

    private Stream<MeshService> visible(String caller) {
        return services.values().stream()
                .filter(service -> service.visibility() == Visibility.PUBLIC
                        || service.namespace().equals(caller));
    }

    private static Comparator<MeshService> preference(String caller) {
        return Comparator.comparing(
                        (MeshService service) -> !service.namespace().equals(caller))
                .thenComparing(service -> !service.canonical())
                .thenComparing(MeshService::key);
    }

    List<Workload> endpoints(MeshService service) {
        return workloads.values().stream()
                .filter(workload -> workload.services().containsKey(service.key()))
                .filter(workload -> workload.health() == Health.HEALTHY
                        || service.loadBalancing().healthPolicy() == HealthPolicy.ALLOW_ALL)
                .toList();
    }

    PolicySet policiesFor(Workload workload) {
        List<AuthorizationPolicy> applicable = policies.values().stream()
                .filter(policy -> policy.scope() == Scope.GLOBAL
                        || (policy.scope() == Scope.NAMESPACE
                                && policy.name().namespace().equals(workload.namespace()))
                        || workload.policies().contains(policy.name()))
                .toList();
        List<PolicyName> missing = workload.policies().stream()
                .filter(name -> !policies.containsKey(name))
                .toList();
        return PolicySet.compile(applicable, missing);
    }

    Set<SpiffeId> identitiesOnNode(String node) {
        return workloads.values().stream()
                .filter(workload -> workload.node().equals(node) && (workload.isHbone() || workload.nativeTunnel()))
                .map(Workload::identity)
                .collect(Collectors.toSet());
    }

    MeshView.Counts counts() {
        return new MeshView.Counts(workloads.size(), services.size(), policies.size());
    }

    Iterable<Workload> workloads() {
        return workloads.values();
    }

    Iterable<MeshService> services() {
        return services.values();
    }
}
