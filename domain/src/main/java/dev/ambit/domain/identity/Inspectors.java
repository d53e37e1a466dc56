package dev.ambit.domain.identity;

import java.util.Set;

/**
 * Who may look into a control plane: what it knows of the whole mesh is for those who run it, not for every workload that
 * can prove an identity.
 *
 * @param trustDomain an identity of another one is nobody here, whoever vouches for it
 * @param namespaces whose service accounts may look
 */
public record Inspectors(TrustDomain trustDomain, Set<String> namespaces) {
    public Inspectors {
        namespaces = Set.copyOf(namespaces);
    }

    public boolean include(SpiffeId identity) {
        return identity.trustDomain().equals(trustDomain) && namespaces.contains(identity.namespace());
    }
}
