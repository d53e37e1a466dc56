package dev.ambit.domain.policy;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.policy.Condition.DestinationIn;
import dev.ambit.domain.policy.Condition.NamespaceIn;
import dev.ambit.domain.policy.Condition.PortIn;
import dev.ambit.domain.policy.Condition.PrincipalIn;
import dev.ambit.domain.policy.Condition.ServiceAccountIn;
import dev.ambit.domain.policy.Condition.SourceIn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A match ready for evaluation: the conditions that must all hold and those of which none may. */
final class CompiledMatch {

    private final Condition[] required;
    private final Condition[] excluded;

    private final Match source;

    private CompiledMatch(Match source, Condition[] required, Condition[] excluded) {
        this.source = source;
        this.required = required;
        this.excluded = excluded;
    }

    /** Compiles a match that is not empty: an empty one matches nothing, but without conditions this would match all. */
    static CompiledMatch of(Match match) {
        if (match.isEmpty()) {
            throw new IllegalArgumentException("an empty match never holds and is not compiled");
        }
        return new CompiledMatch(
                match,
                conditions(
                        match.destinationPorts().any(),
                        match.serviceAccounts().any(),
                        match.principals().any(),
                        match.namespaces().any(),
                        match.sourceIps().any(),
                        match.destinationIps().any()),
                conditions(
                        match.destinationPorts().none(),
                        match.serviceAccounts().none(),
                        match.principals().none(),
                        match.namespaces().none(),
                        match.sourceIps().none(),
                        match.destinationIps().none()));
    }

    /** One condition for each list that is set, the cheap ones first. */
    private static Condition[] conditions(
            Collection<Integer> ports,
            List<ServiceAccountMatch> accounts,
            List<StringMatch> principals,
            List<StringMatch> namespaces,
            List<Cidr> sources,
            List<Cidr> destinations) {
        var conditions = new ArrayList<Condition>();
        if (!ports.isEmpty()) {
            conditions.add(new PortIn(ports));
        }
        if (!accounts.isEmpty()) {
            conditions.add(new ServiceAccountIn(accounts));
        }
        if (!principals.isEmpty()) {
            conditions.add(new PrincipalIn(principals));
        }
        if (!namespaces.isEmpty()) {
            conditions.add(new NamespaceIn(namespaces));
        }
        if (!sources.isEmpty()) {
            conditions.add(new SourceIn(sources));
        }
        if (!destinations.isEmpty()) {
            conditions.add(new DestinationIn(destinations));
        }
        return conditions.toArray(Condition[]::new);
    }

    boolean holds(ConnectionFacts facts) {
        for (Condition condition : required) {
            if (!condition.holds(facts)) {
                return false;
            }
        }
        for (Condition condition : excluded) {
            if (condition.holds(facts)) {
                return false;
            }
        }
        return true;
    }

    /** How many conditions keep it from holding. */
    int failures(ConnectionFacts facts) {
        int failures = 0;
        for (Condition condition : required) {
            failures += condition.holds(facts) ? 0 : 1;
        }
        for (Condition condition : excluded) {
            failures += condition.holds(facts) ? 1 : 0;
        }
        return failures;
    }

    /** The first condition, in the order of evaluation, that keeps it from holding. */
    PolicyExplanation.Cause firstFailure(ConnectionFacts facts) {
        for (Condition condition : required) {
            if (!condition.holds(facts)) {
                return new PolicyExplanation.Cause(condition.field(), false, source);
            }
        }
        for (Condition condition : excluded) {
            if (condition.holds(facts)) {
                return new PolicyExplanation.Cause(condition.field(), true, source);
            }
        }
        throw new IllegalArgumentException("match holds: " + source);
    }
}
