package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Waypoint.Traffic;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.domain.policy.PolicyName;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The policies that let waypoints into what stands behind them, if the mesh wants them. Names with underscores cannot be
 * those of objects.
 */
final class GatewayPolicies {
    private GatewayPolicies() {}

    static PolicyName name(String namespace, String gateway) {
        return new PolicyName(namespace, "istio_allow_waypoint_" + namespace + "_" + gateway);
    }

    /** Of a workload behind a waypoint of its own or of a service that it backs. */
    static Set<PolicyName> of(Rules rules, Reading reading, Binding own, List<Target> targets) {
        var names = new TreeSet<PolicyName>();
        if (!rules.options().features().allowFromWaypoints()) {
            return names;
        }
        add(reading, own, names);
        for (Target target : targets) {
            boolean confined = target.entry()
                    && EntryReach.of(rules, reading, target.namespace())
                            == dev.ambit.adapters.k8s.translate.DerivationFeatures.Reach.NAMESPACE;
            add(
                    reading,
                    reading.read(new Bound(rules, target.namespace(), target.waypoint(), Traffic.SERVICE, confined)),
                    names);
        }
        return names;
    }

    /** A waypoint without pods has nobody to let in. */
    private static void add(Reading reading, Binding binding, Set<PolicyName> names) {
        binding.waypoint()
                .filter(waypoint -> !reading.read(Members.accountsOf(waypoint.namespace(), waypoint.name()))
                        .isEmpty())
                .ifPresent(waypoint -> names.add(name(waypoint.namespace(), waypoint.name())));
    }
}
