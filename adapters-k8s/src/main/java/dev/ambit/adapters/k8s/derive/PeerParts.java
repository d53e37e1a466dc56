package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PeerAuthentications;
import java.util.List;

/** The policies that PeerAuthentications become. */
final class PeerParts {
    private PeerParts() {}

    /** Those of the PeerAuthentications of one namespace that have exceptions for ports. */
    record OfNamespace(Rules rules, String namespace) implements Part.Of {
        @Override
        public Part answer(Reading reading) {
            List<AuthorizationPolicy> converted =
                    reading.read(new Peers(rules, namespace)).decide().convertedPolicies();
            return Part.of(converted.stream()
                    .filter(policy -> !policy.name()
                                    .equals(PeerAuthentications.staticStrict(root(rules))
                                            .name())
                            && policy.name().namespace().equals(namespace))
                    .toList());
        }
    }

    /** The one that all strict workloads share, as soon as there is any PeerAuthentication. */
    record Shared(Rules rules) implements Part.Of {
        @Override
        public Part answer(Reading reading) {
            return reading.read(Members.namespacesWithPeerAuthentication()).isEmpty()
                    ? Part.NOTHING
                    : Part.of(List.of(PeerAuthentications.staticStrict(root(rules))));
        }
    }

    private static String root(Rules rules) {
        return rules.options().rootNamespace();
    }
}
