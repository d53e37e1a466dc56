package dev.ambit.domain.policy;

import dev.ambit.domain.identity.SpiffeId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds the first of many policies that matches a connection, and looks only at those that name its caller or port, or
 * nobody in particular. So thousands of policies for other callers cost next to nothing.
 */
final class PolicyIndex {

    static final int NO_MATCH = -1;

    private static final int[] NOTHING = {};

    private final CompiledPolicy[] policies;
    // Positions in policies, ascending.
    private final Map<String, Map<String, int[]>> byAccount = new HashMap<>();
    private final Map<String, int[]> byNamespace = new HashMap<>();
    private final int[] ports;
    private final int[][] byPort;
    private final int[] always;

    private PolicyIndex(List<AuthorizationPolicy> sources) {
        policies = sources.stream().map(CompiledPolicy::of).toArray(CompiledPolicy[]::new);
        var unkeyed = new ArrayList<Integer>();
        var keyed = new HashMap<IndexKey, List<Integer>>();
        for (int position = 0; position < policies.length; position++) {
            Optional<Set<IndexKey>> keys = IndexKey.ofPolicy(sources.get(position));
            if (keys.isEmpty()) {
                unkeyed.add(position);
            } else {
                for (IndexKey key : keys.get()) {
                    keyed.computeIfAbsent(key, _ -> new ArrayList<>()).add(position);
                }
            }
        }
        always = array(unkeyed);
        keyed.forEach(this::put);
        // No map for ports: its lookup would have to box the number.
        ports = keyed.keySet().stream()
                .flatMapToInt(
                        key -> key instanceof IndexKey.Port(int number) ? IntStream.of(number) : IntStream.empty())
                .sorted()
                .toArray();
        byPort = Arrays.stream(ports)
                .mapToObj(port -> array(keyed.getOrDefault(new IndexKey.Port(port), List.of())))
                .toArray(int[][]::new);
    }

    static PolicyIndex of(List<AuthorizationPolicy> policies) {
        return new PolicyIndex(policies);
    }

    private void put(IndexKey key, List<Integer> positions) {
        int[] ascending = array(positions);
        switch (key) {
            case IndexKey.Account(String namespace, String account) ->
                byAccount.computeIfAbsent(namespace, _ -> new HashMap<>()).put(account, ascending);
            case IndexKey.Namespace(String name) -> byNamespace.put(name, ascending);
            case IndexKey.Port _ -> {}
        }
    }

    private static int[] array(List<Integer> positions) {
        return positions.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Position of the first policy that matches, or {@link #NO_MATCH}. */
    int firstMatch(ConnectionFacts facts) {
        int first = firstMatch(always, facts, policies.length);
        if (facts.peer() instanceof Peer.Authenticated(SpiffeId id)) {
            int[] ofAccount =
                    byAccount.getOrDefault(id.namespace(), Map.of()).getOrDefault(id.serviceAccount(), NOTHING);
            first = firstMatch(ofAccount, facts, first);
        }
        first = firstMatch(byNamespace.getOrDefault(namespaceOf(facts.peer()), NOTHING), facts, first);
        int port = Arrays.binarySearch(ports, facts.destination().port());
        first = firstMatch(port < 0 ? NOTHING : byPort[port], facts, first);
        return first == policies.length ? NO_MATCH : first;
    }

    /** Position of the first of the candidates that matches and lies before {@code limit}; else {@code limit}. */
    private int firstMatch(int[] candidates, ConnectionFacts facts, int limit) {
        for (int candidate : candidates) {
            if (candidate >= limit) {
                return limit;
            }
            if (policies[candidate].matches(facts)) {
                return candidate;
            }
        }
        return limit;
    }

    /** The policies, in order. */
    List<CompiledPolicy> policies() {
        return Arrays.asList(policies);
    }

    /** What the policy at a position says when it matches. */
    Verdict verdict(int position) {
        return policies[position].verdict();
    }

    /** The namespace in the peer's identity; empty for a peer without. */
    static String namespaceOf(Peer peer) {
        return switch (peer) {
            case Peer.Authenticated(SpiffeId id) -> id.namespace();
            case Peer.Anonymous() -> "";
        };
    }
}
