package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.MeshDerivation.Derived;
import dev.ambit.adapters.k8s.query.Answers;
import dev.ambit.adapters.k8s.translate.EntryFacts;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.GatewayFacts;
import dev.ambit.adapters.k8s.translate.GrantFacts;
import dev.ambit.adapters.k8s.translate.NamespaceFacts;
import dev.ambit.adapters.k8s.translate.ObjectFacts;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.PodFacts;
import dev.ambit.adapters.k8s.translate.ReadObject;
import dev.ambit.adapters.k8s.translate.RouteFacts;
import dev.ambit.adapters.k8s.translate.ServiceFacts;
import dev.ambit.adapters.k8s.translate.SliceFacts;
import dev.ambit.adapters.k8s.translate.WorkloadEntryFacts;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.collection.PersistentMap;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts the mesh together from the parts that objects bring about, replacing those that have changed. */
final class Parts {
    private final Rules rules;
    private final Answers answers;
    private final Map<Part.Of, Part> parts = new HashMap<>();
    /** How many objects bring a part about: PeerAuthentications share one. */
    private final Map<Part.Of, Integer> wanted = new HashMap<>();

    private final List<Part.Of> unwanted = new ArrayList<>();
    private final Remarked remarked = new Remarked();
    private PersistentMap<WorkloadUid, Workload> workloads = PersistentMap.empty();
    private PersistentMap<NamespacedHostname, MeshService> services = PersistentMap.empty();
    private PersistentMap<PolicyName, AuthorizationPolicy> policies = PersistentMap.empty();
    private PersistentMap<String, PodRecord> pods = PersistentMap.empty();
    private PersistentMap<NamespacedHostname, Boolean> shared = PersistentMap.empty();

    Parts(Rules rules, Answers answers) {
        this.rules = rules;
        this.answers = answers;
        want(new PeerParts.Shared(rules));
    }

    /** The part that an object brings about. */
    Optional<Part.Of> of(ObjectKey key, ObjectFacts facts) {
        String namespace = key.namespace();
        String name = key.name();
        return Optional.ofNullable(
                switch (facts) {
                    case NamespaceFacts _ -> new NamespacePart(rules, name);
                    case PodFacts _ -> new PodPart(rules, namespace, name);
                    case ServiceFacts _ -> new ServicePart(rules, namespace, name);
                    case SliceFacts _ -> new SlicePart(rules, namespace, name);
                    case EntryFacts _ -> new EntryPart(rules, namespace, name);
                    case WorkloadEntryFacts _ -> new WorkloadEntryPart(rules, namespace, name);
                    case GatewayFacts _ -> new GatewayPart(rules, namespace, name);
                    case ObjectFacts.PolicyFacts _ -> new PolicyPart(rules, namespace, name);
                    case ObjectFacts.TargetedPolicyFacts _ -> new TargetedPolicyPart(rules, key);
                    case RouteFacts _ -> new RoutePart(rules, key);
                    case ObjectFacts.PeerFacts _ -> new PeerParts.OfNamespace(rules, namespace);
                    case GatewayFacts.ClassFacts _, ObjectFacts.NodeFacts _, GrantFacts _ -> null;
                });
    }

    void replace(Optional<Part.Of> before, Optional<Part.Of> after) {
        if (!before.equals(after)) {
            after.ifPresent(this::want);
            before.ifPresent(this::unwant);
        }
    }

    private void want(Part.Of part) {
        if (wanted.merge(part, 1, Integer::sum) == 1) {
            answers.want(part);
        }
    }

    private void unwant(Part.Of part) {
        if (wanted.merge(part, -1, (count, less) -> count + less == 0 ? null : count + less) == null) {
            answers.unwant(part);
            unwanted.add(part);
        }
    }

    /** What is wrong with an object by itself. */
    void remark(ReadObject read) {
        remarked.read(read);
    }

    void forget(ObjectKey object) {
        remarked.forget(object);
    }

    /** Services that all clusters share, as of the last {@link #derived}. */
    PersistentMap<NamespacedHostname, Boolean> shared() {
        return shared;
    }

    Derived derived() {
        Map<Part.Of, Part> changed = new HashMap<>();
        unwanted.stream().filter(part -> !wanted.containsKey(part)).forEach(part -> changed.put(part, Part.NOTHING));
        unwanted.clear();
        for (Answers.Change change : answers.refresh()) {
            if (change.query() instanceof Part.Of part && wanted.containsKey(part)) {
                changed.put(part, answer(part));
            }
        }
        // A resource may move from one part to another: it must not be taken out after it was put in.
        changed.keySet().forEach(part -> takeOut(parts.getOrDefault(part, Part.NOTHING)));
        changed.forEach((part, now) -> {
            putIn(now);
            remarked.derived(parts.getOrDefault(part, Part.NOTHING), now);
            if (now.equals(Part.NOTHING)) {
                parts.remove(part);
            } else {
                parts.put(part, now);
            }
        });
        return new Derived(
                new MeshState(workloads, services, policies, pods),
                remarked.problems(),
                remarked.conditions(),
                remarked.allocated());
    }

    /** A rule that fails is a mistake of ours: it must concern nobody else, and what was derived before stays. */
    private Part answer(Part.Of query) {
        try {
            Part found = answers.get(query);
            return found == null ? Part.NOTHING : found;
        } catch (RuntimeException failure) {
            Part before = parts.getOrDefault(query, Part.NOTHING);
            var remarks = new Remarks(new ObjectKey(query.getClass().getSimpleName(), "", query.toString()));
            remarks.reject(FieldPath.ROOT, "cannot be derived, the last state stays: " + failure);
            return new Part(
                    before.workloads(),
                    before.services(),
                    before.policies(),
                    before.pods(),
                    remarks.problems(),
                    before.conditions(),
                    before.allocated(),
                    before.shared());
        }
    }

    private void takeOut(Part part) {
        for (Workload workload : part.workloads()) {
            workloads = workloads.without(workload.uid());
        }
        for (MeshService service : part.services()) {
            services = services.without(service.key());
        }
        for (AuthorizationPolicy policy : part.policies()) {
            policies = policies.without(policy.name());
        }
        for (PodRecord pod : part.pods()) {
            pods = pods.without(pod.ref().uid());
        }
        for (NamespacedHostname service : part.shared()) {
            shared = shared.without(service);
        }
    }

    private void putIn(Part part) {
        for (Workload workload : part.workloads()) {
            workloads = workloads.with(workload.uid(), workload);
        }
        for (MeshService service : part.services()) {
            services = services.with(service.key(), service);
        }
        for (AuthorizationPolicy policy : part.policies()) {
            policies = policies.with(policy.name(), policy);
        }
        for (PodRecord pod : part.pods()) {
            pods = pods.with(pod.ref().uid(), pod);
        }
        for (NamespacedHostname service : part.shared()) {
            shared = shared.with(service, true);
        }
    }
}
