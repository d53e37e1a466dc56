package dev.ambit.domain.view;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicySet;
import dev.ambit.domain.service.LoadBalancing.HealthPolicy;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshChange.PolicyRemoved;
import dev.ambit.domain.view.MeshChange.PolicyUpserted;
import dev.ambit.domain.view.MeshChange.ServiceRemoved;
import dev.ambit.domain.view.MeshChange.ServiceUpserted;
import dev.ambit.domain.view.MeshChange.WorkloadRemoved;
import dev.ambit.domain.view.MeshChange.WorkloadUpserted;
import dev.ambit.domain.workload.Health;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Everything a proxy knows about the mesh at one moment, indexed for the questions that connections ask.
 *
 * <p>Immutable: a change makes a new view that shares all but a few nodes with the old one, so its cost does not depend
 * on the size of the mesh. Any number of threads may read; whoever holds the current view serialises the changes.
 */
public final class MeshView {

    /** Nothing is known yet. */
    public static final MeshView EMPTY = new MeshView(WorkloadIndex.EMPTY, ServiceIndex.EMPTY, PolicyIndex.EMPTY);

    private final WorkloadIndex workloads;
    private final ServiceIndex services;
    private final PolicyIndex policies;

    private MeshView(WorkloadIndex workloads, ServiceIndex services, PolicyIndex policies) {
        this.workloads = workloads;
        this.services = services;
        this.policies = policies;
    }

    /**
     * The view after these changes, in their order. Removing what is not known, and an upsert of what is known already,
     * change nothing. Endpoints may come before their service and stay when it changes.
     */
    public MeshView apply(List<MeshChange> changes) {
        MeshView view = this;
        for (MeshChange change : changes) {
            view = view.apply(change);
        }
        return view;
    }

    private MeshView apply(MeshChange change) {
        return switch (change) {
            case WorkloadUpserted(Workload workload) -> with(workloads.with(workload), services, policies);
            case WorkloadRemoved(WorkloadUid uid) -> with(workloads.without(uid), services, policies);
            case ServiceUpserted(MeshService service) -> with(workloads, services.with(service), policies);
            case ServiceRemoved(NamespacedHostname key) -> with(workloads, services.without(key), policies);
            case PolicyUpserted(var policy) -> with(workloads, services, policies.with(policy));
            case PolicyRemoved(var name) -> with(workloads, services, policies.without(name));
        };
    }

    private MeshView with(WorkloadIndex newWorkloads, ServiceIndex newServices, PolicyIndex newPolicies) {
        boolean same = newWorkloads.equals(workloads) && newServices.equals(services) && newPolicies == policies;
        return same ? this : new MeshView(newWorkloads, newServices, newPolicies);
    }

    public Optional<Workload> workload(WorkloadUid uid) {
        return Optional.ofNullable(workloads.byUid().get(uid));
    }

    /** The workload with this address: of several, a pod before others, then one in the mesh before one outside. */
    public Optional<Workload> workloadAt(NetworkAddress address) {
        return workloads.at(address);
    }

    /** The workload that is found by DNS under this host name, in this namespace. */
    public Optional<Workload> workloadNamed(NamespacedHostname hostname) {
        return workloads.named(hostname);
    }

    public Optional<Workload> workloadOf(PodRef pod) {
        return workloads.of(pod);
    }

    public Optional<MeshService> service(NamespacedHostname key) {
        return Optional.ofNullable(services.byKey().get(key));
    }

    /**
     * The service a caller means by an address: one with exactly this address, else one with a block around it. Only
     * services that the caller's namespace may see; of several the caller's own, then (of blocks) the longest prefix,
     * then the canonical one.
     */
    public Optional<MeshService> serviceAt(NetworkAddress address, String callerNamespace) {
        return services.at(address, callerNamespace).or(() -> services.around(address, callerNamespace));
    }

    /**
     * Every service with this address, exactly or in a block around it, whoever may see it: for who receives what others
     * have sent there. In no order.
     */
    public List<MeshService> servicesAt(NetworkAddress address) {
        return services.allAt(address);
    }

    /** The service a caller means by a host name; preference as in {@link #serviceAt}. */
    public Optional<MeshService> serviceByHostname(String hostname, String callerNamespace) {
        return services.named(hostname, callerNamespace);
    }

    /** Every service with this host name that the caller's namespace may see, in no order. Case does not matter. */
    public List<MeshService> servicesNamed(String hostname, String callerNamespace) {
        return services.allNamed(hostname, callerNamespace);
    }

    /** Whether there is a service called {@code *.something} with so many labels, the asterisk included. */
    public boolean hasWildcardServices(int labels) {
        return services.hasWildcards(labels);
    }

    /**
     * Whom a caller means by an address: the service with exactly this address, else the workload, else a service with a
     * block around it. So a workload inside somebody's block keeps its own identity and policy.
     */
    public AddressOwner ownerOf(NetworkAddress address, String callerNamespace) {
        return services.at(address, callerNamespace)
                .<AddressOwner>map(AddressOwner.OfService::new)
                .or(() -> workloads.at(address).map(AddressOwner.OfWorkload::new))
                .or(() -> services.around(address, callerNamespace).map(AddressOwner.OfService::new))
                .orElseGet(AddressOwner.Nobody::new);
    }

    /** The workloads behind a service; the unhealthy ones only if its health policy wants them. In no order. */
    public List<Workload> endpoints(MeshService service) {
        var endpoints = new ArrayList<Workload>();
        forEachEndpoint(service, endpoints::add);
        return endpoints;
    }

    /** As {@link #endpoints}, without building a list. */
    public void forEachEndpoint(MeshService service, Consumer<? super Workload> action) {
        boolean all = service.loadBalancing().healthPolicy() == HealthPolicy.ALLOW_ALL;
        workloads.byService().of(service.key()).forEach((_, workload) -> {
            if (all || workload.health() == Health.HEALTHY) {
                action.accept(workload);
            }
        });
    }

    /** As {@link #forEachEndpoint}, with those that are not ready, whatever the health policy. */
    public void forEachBacking(MeshService service, Consumer<? super Workload> action) {
        workloads.byService().of(service.key()).forEach((_, workload) -> action.accept(workload));
    }

    /** Every workload, in no order. */
    public void forEachWorkload(Consumer<? super Workload> action) {
        workloads.byUid().forEach((_, workload) -> action.accept(workload));
    }

    /** Every service, in no order. */
    public void forEachService(Consumer<? super MeshService> action) {
        services.byKey().forEach((_, service) -> action.accept(service));
    }

    /** Every policy, in no order. */
    public void forEachPolicy(Consumer<? super AuthorizationPolicy> action) {
        policies.forEach(action);
    }

    /**
     * The policies of the mesh, of the workload's namespace and those it names. Compiled once for all workloads to which
     * the same apply.
     */
    public PolicySet policiesFor(Workload workload) {
        return policies.applyingTo(workload);
    }

    /** The identities of the workloads on a node that take part in the mesh: whose certificates its proxy needs. */
    public Set<SpiffeId> identitiesOnNode(String node) {
        return workloads.identitiesOn(node);
    }

    public Counts counts() {
        return new Counts(workloads.byUid().size(), services.byKey().size(), policies.size());
    }

    /** How many resources of each type the view holds. */
    public record Counts(int workloads, int services, int policies) {}
}
