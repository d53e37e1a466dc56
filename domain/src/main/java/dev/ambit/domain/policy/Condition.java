package dev.ambit.domain.policy;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.identity.SpiffeId;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether a connection is in a list of a match: one of its entries fits. Evaluation allocates nothing. */
sealed interface Condition {

    boolean holds(ConnectionFacts facts);

    /** The list it was made from. */
    MatchField field();

    /** The port the caller reaches. */
    final class PortIn implements Condition {
        private final int[] sorted;

        PortIn(Collection<Integer> ports) {
            sorted = ports.stream().mapToInt(Integer::intValue).sorted().toArray();
        }

        @Override
        public MatchField field() {
            return MatchField.DESTINATION_PORTS;
        }

        @Override
        public boolean holds(ConnectionFacts facts) {
            return Arrays.binarySearch(sorted, facts.destination().port()) >= 0;
        }
    }

    /** The caller's service account, in whatever trust domain; nobody has none. */
    final class ServiceAccountIn implements Condition {
        private final Map<String, Set<String>> byNamespace;

        ServiceAccountIn(List<ServiceAccountMatch> accounts) {
            var sets = new HashMap<String, Set<String>>();
            for (ServiceAccountMatch account : accounts) {
                sets.computeIfAbsent(account.namespace(), _ -> new HashSet<>()).add(account.serviceAccount());
            }
            sets.replaceAll((_, set) -> Set.copyOf(set));
            byNamespace = Map.copyOf(sets);
        }

        @Override
        public MatchField field() {
            return MatchField.SERVICE_ACCOUNTS;
        }

        @Override
        public boolean holds(ConnectionFacts facts) {
            return facts.peer() instanceof Peer.Authenticated(SpiffeId id)
                    && byNamespace.getOrDefault(id.namespace(), Set.of()).contains(id.serviceAccount());
        }
    }

    /** The caller's identity without {@code spiffe://}; nobody's matches nothing, not even an empty prefix. */
    final class PrincipalIn implements Condition {
        private final PrincipalSet principals;

        PrincipalIn(List<StringMatch> matches) {
            principals = PrincipalSet.of(matches);
        }

        @Override
        public MatchField field() {
            return MatchField.PRINCIPALS;
        }

        @Override
        public boolean holds(ConnectionFacts facts) {
            return facts.peer() instanceof Peer.Authenticated(SpiffeId id) && principals.contains(id);
        }
    }

    /** The namespace in the caller's identity; nobody's is the empty string (unlike a principal: as Istio has it). */
    final class NamespaceIn implements Condition {
        private final StringMatch[] patterns;
        private final Set<String> exact;

        NamespaceIn(List<StringMatch> matches) {
            var values = new HashSet<String>();
            for (StringMatch match : matches) {
                if (match instanceof StringMatch.Exact(String value)) {
                    values.add(value);
                }
            }
            exact = Set.copyOf(values);
            patterns = matches.stream()
                    .filter(match -> !(match instanceof StringMatch.Exact))
                    .toArray(StringMatch[]::new);
        }

        @Override
        public MatchField field() {
            return MatchField.NAMESPACES;
        }

        @Override
        public boolean holds(ConnectionFacts facts) {
            String namespace = PolicyIndex.namespaceOf(facts.peer());
            if (exact.contains(namespace)) {
                return true;
            }
            for (StringMatch pattern : patterns) {
                if (pattern.matches(namespace)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** The caller's address. */
    final class SourceIn implements Condition {
        private final Cidr[] blocks;

        SourceIn(List<Cidr> blocks) {
            this.blocks = blocks.toArray(Cidr[]::new);
        }

        @Override
        public MatchField field() {
            return MatchField.SOURCE_IPS;
        }

        @Override
        public boolean holds(ConnectionFacts facts) {
            return anyContains(blocks, facts.source());
        }
    }

    /** The address the caller reaches. */
    final class DestinationIn implements Condition {
        private final Cidr[] blocks;

        DestinationIn(List<Cidr> blocks) {
            this.blocks = blocks.toArray(Cidr[]::new);
        }

        @Override
        public MatchField field() {
            return MatchField.DESTINATION_IPS;
        }

        @Override
        public boolean holds(ConnectionFacts facts) {
            return anyContains(blocks, facts.destination().ip());
        }
    }

    private static boolean anyContains(Cidr[] blocks, IpAddress address) {
        for (Cidr block : blocks) {
            if (block.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
