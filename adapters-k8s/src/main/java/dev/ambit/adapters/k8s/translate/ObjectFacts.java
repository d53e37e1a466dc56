package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.policy.PeerAuthentication;
import dev.ambit.domain.workload.Locality;
import java.util.List;

/** What one object means by itself. Small, immutable, and equal as long as nothing of interest changes. */
public sealed interface ObjectFacts
        permits NamespaceFacts,
                PodFacts,
                ServiceFacts,
                SliceFacts,
                EntryFacts,
                WorkloadEntryFacts,
                GatewayFacts,
                GatewayFacts.ClassFacts,
                RouteFacts,
                GrantFacts,
                ObjectFacts.NodeFacts,
                ObjectFacts.PolicyFacts,
                ObjectFacts.TargetedPolicyFacts,
                ObjectFacts.PeerFacts {

    /** Facts of one shape that objects of several kinds have: a name alone does not tell such objects apart. */
    interface OfSeveralKinds {}

    /** Where a node is. */
    record NodeFacts(Locality locality) implements ObjectFacts {}

    /** An AuthorizationPolicy that is enforced at layer 4. */
    record PolicyFacts(SelectedPolicy policy) implements ObjectFacts {}

    /** A policy that a waypoint is to follow: AuthorizationPolicy, RequestAuthentication or Telemetry. */
    record TargetedPolicyFacts(List<Target> targets) implements ObjectFacts, OfSeveralKinds {
        public TargetedPolicyFacts {
            targets = List.copyOf(targets);
        }
    }

    /** What a policy is attached to; an empty namespace is the policy's own. */
    record Target(String kind, String namespace, String name) {}

    /** A PeerAuthentication. */
    record PeerFacts(PeerAuthentication authentication) implements ObjectFacts {}
}
