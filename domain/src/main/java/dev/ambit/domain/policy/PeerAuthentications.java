package dev.ambit.domain.policy;

import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.AuthorizationPolicy.Clause;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.AuthorizationPolicy.Scope;
import dev.ambit.domain.policy.PeerAuthentication.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * All PeerAuthentications of the mesh, turned into what a layer-4 proxy understands: DENY policies against callers that
 * have proven nothing, and for each workload the names of those that apply.
 *
 * <p>Istio's precedence: workload beats namespace beats mesh, {@code UNSET} inherits, and within a level the oldest wins
 * (by name, if they are equally old). In the root namespace selectors are ignored; port modes count only where there is
 * a selector. A workload has either the static policy or a converted one, never both, because any DENY that matches
 * refuses.
 *
 * <p>One peculiarity of Istio is kept: where STRICT is inherited and no port is {@code PERMISSIVE}, a port that is set to
 * {@code DISABLE} is no exception, and stays strict.
 */
public final class PeerAuthentications {

    private static final String STATIC_STRICT = "istio_converted_static_strict";
    private static final String CONVERTED_PREFIX = "converted_peer_authentication_";

    private static final Comparator<PeerAuthentication> OLDEST_FIRST =
            Comparator.comparing(PeerAuthentication::created).thenComparing(PeerAuthentication::name);

    private static final Match ANONYMOUS =
            Match.EMPTY.withPrincipals(new Match.Strings(List.of(), List.of(new StringMatch.Presence())));

    private final AuthorizationPolicy staticStrict;
    private final boolean none;
    private final boolean meshStrict;
    private final Map<String, PeerAuthentication> ofNamespace = new HashMap<>();
    private final Map<String, List<PeerAuthentication>> ofWorkloads = new HashMap<>();

    public PeerAuthentications(List<PeerAuthentication> all, String rootNamespace) {
        staticStrict = staticStrict(rootNamespace);
        none = all.isEmpty();
        for (PeerAuthentication one : all.stream().sorted(OLDEST_FIRST).toList()) {
            String namespace = one.name().namespace();
            if (one.selector().isEmpty()) {
                ofNamespace.putIfAbsent(namespace, one);
            } else if (!namespace.equals(rootNamespace)) {
                ofWorkloads.computeIfAbsent(namespace, _ -> new ArrayList<>()).add(one);
            }
        }
        PeerAuthentication mesh = ofNamespace.get(rootNamespace);
        meshStrict = mesh != null && mesh.mode() == Mode.STRICT;
    }

    /** The policy that every workload lists that is strict on all ports: callers that have proven nothing are refused. */
    public static AuthorizationPolicy staticStrict(String rootNamespace) {
        return deny(new PolicyName(rootNamespace, STATIC_STRICT), List.of(rule(List.of(ANONYMOUS))));
    }

    /** The policies to send to proxies: the static one if there is any PeerAuthentication, and those with port modes. */
    public List<AuthorizationPolicy> convertedPolicies() {
        var policies = new ArrayList<AuthorizationPolicy>();
        if (!none) {
            policies.add(staticStrict);
        }
        for (List<PeerAuthentication> ofOneNamespace : ofWorkloads.values()) {
            for (PeerAuthentication one : ofOneNamespace) {
                if (hasExceptions(one)) {
                    policies.add(converted(one));
                }
            }
        }
        policies.sort(Comparator.comparing(AuthorizationPolicy::name));
        return List.copyOf(policies);
    }

    /** The names, among {@link #convertedPolicies}, that a workload has to list; none if it accepts plaintext. */
    public List<PolicyName> policiesFor(String namespace, Map<String, String> workloadLabels) {
        Optional<PeerAuthentication> ofWorkload = ofWorkloads.getOrDefault(namespace, List.of()).stream()
                .filter(one ->
                        workloadLabels.entrySet().containsAll(one.selector().entrySet()))
                .findFirst();
        if (ofWorkload.isPresent() && hasExceptions(ofWorkload.get())) {
            return List.of(convertedName(ofWorkload.get()));
        }
        boolean strict = ofWorkload.map(this::isStrict).orElseGet(() -> isStrict(namespace));
        return strict ? List.of(staticStrict.name()) : List.of();
    }

    /** Whether a namespace is strict where no selector applies. */
    private boolean isStrict(String namespace) {
        PeerAuthentication one = ofNamespace.get(namespace);
        return one == null ? meshStrict : isStrict(one.mode(), meshStrict);
    }

    /** Whether the workloads that one selects are strict, ports aside. */
    private boolean isStrict(PeerAuthentication one) {
        return isStrict(one.mode(), isStrict(one.name().namespace()));
    }

    private static boolean isStrict(Mode mode, boolean inherited) {
        return switch (mode) {
            case STRICT -> true;
            case PERMISSIVE, DISABLE -> false;
            case UNSET -> inherited;
        };
    }

    /** Whether ports differ from the rest of the workload, so that it needs a policy of its own. */
    private boolean hasExceptions(PeerAuthentication one) {
        var modes = one.portModes().values();
        if (!isStrict(one)) {
            return modes.contains(Mode.STRICT);
        }
        return modes.contains(Mode.PERMISSIVE) || (one.mode() == Mode.STRICT && modes.contains(Mode.DISABLE));
    }

    private AuthorizationPolicy converted(PeerAuthentication one) {
        var rules = new ArrayList<Rule>();
        if (isStrict(one)) {
            var clauses = new ArrayList<Match>();
            clauses.add(ANONYMOUS);
            for (int port : ports(one, Mode.PERMISSIVE, Mode.DISABLE)) {
                clauses.add(Match.EMPTY.withDestinationPorts(new Match.PortSet(Set.of(), Set.of(port))));
            }
            rules.add(rule(clauses));
        } else {
            for (int port : ports(one, Mode.STRICT)) {
                rules.add(rule(List.of(ANONYMOUS.withDestinationPorts(new Match.PortSet(Set.of(port), Set.of())))));
            }
        }
        return deny(convertedName(one), rules);
    }

    private static Iterable<Integer> ports(PeerAuthentication one, Mode... modes) {
        var wanted = List.of(modes);
        var ports = new TreeSet<Integer>();
        one.portModes().forEach((port, mode) -> {
            if (wanted.contains(mode)) {
                ports.add(port);
            }
        });
        return ports;
    }

    private static PolicyName convertedName(PeerAuthentication one) {
        return new PolicyName(
                one.name().namespace(), CONVERTED_PREFIX + one.name().name());
    }

    /** A rule that matches when all of the matches hold. */
    private static Rule rule(List<Match> matches) {
        return new Rule(
                matches.stream().map(match -> new Clause(List.of(match))).toList());
    }

    private static AuthorizationPolicy deny(PolicyName name, List<Rule> rules) {
        return new AuthorizationPolicy(name, Scope.WORKLOAD_SELECTOR, Action.DENY, false, rules);
    }
}
