package dev.ambit.domain.view;

import dev.ambit.domain.collection.Groups;
import dev.ambit.domain.collection.PersistentMap;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.policy.PolicySet;
import dev.ambit.domain.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The policies of a view. Immutable but for what it has compiled: a set is compiled when the first connection needs it
 * and serves every workload to which the same policies apply, until one of these changes. So the same set in two views
 * means that nothing changed for its workloads.
 */
final class PolicyIndex {

    static final PolicyIndex EMPTY =
            new PolicyIndex(PersistentMap.empty(), Groups.empty(), PersistentMap.empty(), new ConcurrentHashMap<>());

    /** Workloads differ in few combinations of policies; so many mean that something generates them. */
    private static final int COMPILED_MAX = 10_000;

    private final PersistentMap<PolicyName, AuthorizationPolicy> byName;
    private final Groups<String, PolicyName, AuthorizationPolicy> ofNamespaces;
    private final PersistentMap<PolicyName, AuthorizationPolicy> ofMesh;
    private final ConcurrentMap<Applicable, PolicySet> compiled;

    private PolicyIndex(
            PersistentMap<PolicyName, AuthorizationPolicy> byName,
            Groups<String, PolicyName, AuthorizationPolicy> ofNamespaces,
            PersistentMap<PolicyName, AuthorizationPolicy> ofMesh,
            ConcurrentMap<Applicable, PolicySet> compiled) {
        this.compiled = compiled;
        this.byName = byName;
        this.ofNamespaces = ofNamespaces;
        this.ofMesh = ofMesh;
    }

    int size() {
        return byName.size();
    }

    void forEach(Consumer<? super AuthorizationPolicy> action) {
        byName.forEach((_, policy) -> action.accept(policy));
    }

    PolicyIndex with(AuthorizationPolicy policy) {
        PolicyName name = policy.name();
        AuthorizationPolicy before = byName.get(name);
        if (policy.equals(before)) {
            return this;
        }
        var kept = before == null ? compiledWithout(policy) : compiledWithout(before, policy);
        var namespaces = ofNamespaces.without(name.namespace(), name);
        var mesh = ofMesh.without(name);
        return switch (policy.scope()) {
            case GLOBAL -> new PolicyIndex(byName.with(name, policy), namespaces, mesh.with(name, policy), kept);
            case NAMESPACE ->
                new PolicyIndex(byName.with(name, policy), namespaces.with(name.namespace(), name, policy), mesh, kept);
            case WORKLOAD_SELECTOR -> new PolicyIndex(byName.with(name, policy), namespaces, mesh, kept);
        };
    }

    PolicyIndex without(PolicyName name) {
        AuthorizationPolicy before = byName.get(name);
        if (before == null) {
            return this;
        }
        return new PolicyIndex(
                byName.without(name),
                ofNamespaces.without(name.namespace(), name),
                ofMesh.without(name),
                compiledWithout(before));
    }

    /** What has been compiled and does not depend on these. */
    private ConcurrentMap<Applicable, PolicySet> compiledWithout(AuthorizationPolicy... changed) {
        var kept = new ConcurrentHashMap<Applicable, PolicySet>();
        compiled.forEach((applicable, set) -> {
            if (Stream.of(changed).noneMatch(applicable::includes)) {
                kept.put(applicable, set);
            }
        });
        return kept;
    }

    PolicySet applyingTo(Workload workload) {
        var applicable = new Applicable(workload.namespace(), workload.policies());
        PolicySet known = compiled.get(applicable);
        if (known != null) {
            return known;
        }
        PolicySet set = compile(applicable);
        if (compiled.size() < COMPILED_MAX) {
            compiled.putIfAbsent(applicable, set);
        }
        return set;
    }

    /** In the order of their names, so that of several policies that deny always the same one is reported. */
    private PolicySet compile(Applicable applicable) {
        var policies = new TreeMap<PolicyName, AuthorizationPolicy>();
        ofMesh.forEach(policies::put);
        ofNamespaces.of(applicable.namespace).forEach(policies::put);
        var missing = new ArrayList<PolicyName>();
        for (PolicyName name : applicable.named) {
            AuthorizationPolicy policy = byName.get(name);
            if (policy == null) {
                missing.add(name);
            } else {
                policies.put(name, policy);
            }
        }
        return PolicySet.compile(List.copyOf(policies.values()), missing);
    }

    /** What decides which policies apply to a workload. */
    private record Applicable(String namespace, List<PolicyName> named) {
        boolean includes(AuthorizationPolicy policy) {
            return switch (policy.scope()) {
                case GLOBAL -> true;
                case NAMESPACE -> policy.name().namespace().equals(namespace) || named.contains(policy.name());
                case WORKLOAD_SELECTOR -> named.contains(policy.name());
            };
        }
    }
}
