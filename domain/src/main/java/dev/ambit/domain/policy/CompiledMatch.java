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

    private CompiledMatch(Condition[] required, Condition[] excluded) {
        this.required = required;
        this.excluded = excluded;
    }

    /** Compiles a match that is not empty: an empty one matches nothing, but without conditions this would match all. */
    static CompiledMatch of(Match match) {
        if (match.isEmpty()) {
            throw new IllegalArgumentException("an empty match never holds and is not compiled");
        }
        return new CompiledMatch(
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
}
