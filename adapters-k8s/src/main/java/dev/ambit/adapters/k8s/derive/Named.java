package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Input;
import dev.ambit.adapters.k8s.translate.EntryFacts;
import dev.ambit.adapters.k8s.translate.GatewayFacts;
import dev.ambit.adapters.k8s.translate.GrantFacts;
import dev.ambit.adapters.k8s.translate.NamespaceFacts;
import dev.ambit.adapters.k8s.translate.ObjectFacts;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.PodFacts;
import dev.ambit.adapters.k8s.translate.RouteFacts;
import dev.ambit.adapters.k8s.translate.ServiceFacts;
import dev.ambit.adapters.k8s.translate.SliceFacts;
import dev.ambit.adapters.k8s.translate.WorkloadEntryFacts;
import java.util.Optional;

/**
 * The facts of the object of a kind and name, if there is one that can be used.
 *
 * @param of the object's kind where several have such facts; else empty
 */
record Named<F extends ObjectFacts>(Class<F> facts, String of, String namespace, String name)
        implements Input<Optional<F>> {

    Named(Class<F> facts, String namespace, String name) {
        this(facts, "", namespace, name);
    }

    /** Of this very object. */
    static <F extends ObjectFacts> Named<F> of(Class<F> facts, ObjectKey key) {
        String kind = ObjectFacts.OfSeveralKinds.class.isAssignableFrom(facts) ? key.kind() : "";
        return new Named<>(facts, kind, key.namespace(), key.name());
    }

    @Override
    public Optional<F> unset() {
        return Optional.empty();
    }

    static Named<PodFacts> pod(String namespace, String name) {
        return new Named<>(PodFacts.class, namespace, name);
    }

    static Named<ServiceFacts> service(String namespace, String name) {
        return new Named<>(ServiceFacts.class, namespace, name);
    }

    static Named<SliceFacts> slice(String namespace, String name) {
        return new Named<>(SliceFacts.class, namespace, name);
    }

    static Named<EntryFacts> serviceEntry(String namespace, String name) {
        return new Named<>(EntryFacts.class, namespace, name);
    }

    static Named<WorkloadEntryFacts> workloadEntry(String namespace, String name) {
        return new Named<>(WorkloadEntryFacts.class, namespace, name);
    }

    static Named<GatewayFacts> gateway(String namespace, String name) {
        return new Named<>(GatewayFacts.class, namespace, name);
    }

    static Named<GatewayFacts.ClassFacts> gatewayClass(String name) {
        return new Named<>(GatewayFacts.ClassFacts.class, "", name);
    }

    static Named<NamespaceFacts> namespace(String name) {
        return new Named<>(NamespaceFacts.class, "", name);
    }

    static Named<ObjectFacts.NodeFacts> node(String name) {
        return new Named<>(ObjectFacts.NodeFacts.class, "", name);
    }

    static Named<ObjectFacts.PolicyFacts> policy(String namespace, String name) {
        return new Named<>(ObjectFacts.PolicyFacts.class, namespace, name);
    }

    static Named<ObjectFacts.TargetedPolicyFacts> targetedPolicy(ObjectKey key) {
        return of(ObjectFacts.TargetedPolicyFacts.class, key);
    }

    static Named<RouteFacts> route(ObjectKey key) {
        return of(RouteFacts.class, key);
    }

    static Named<GrantFacts> grant(ObjectKey key) {
        return of(GrantFacts.class, key);
    }
}
