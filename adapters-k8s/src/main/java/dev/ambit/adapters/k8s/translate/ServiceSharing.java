package dev.ambit.adapters.k8s.translate;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether there is more than this cluster and network, and which Services all clusters share, in Istio's words those of
 * scope GLOBAL.
 *
 * @param enabled Istio's {@code AMBIENT_ENABLE_MULTI_NETWORK}
 * @param global the rules of {@code meshConfig.serviceScopeConfigs} for GLOBAL; one that matches is enough
 */
public record ServiceSharing(boolean enabled, List<Rule> global) {
    /** The rule of Istio's ambient profile. */
    public static final Rule LABELLED = new Rule(
            new LabelMatch(
                    List.of(new LabelMatch.Condition("istio.io/global", LabelMatch.Operator.IN, Set.of("true")))),
            new LabelMatch(List.of()));

    /** One cluster, one network. */
    public static final ServiceSharing OFF = new ServiceSharing(false, List.of(LABELLED));

    public ServiceSharing {
        global = List.copyOf(global);
    }

    /** Services that are selected, in namespaces that are. */
    public record Rule(LabelMatch services, LabelMatch namespaces) {}

    public ServiceSharing on() {
        return new ServiceSharing(true, global);
    }

    /** Whether all clusters share the service with these labels, in a namespace with those. */
    public boolean isGlobal(Map<String, String> service, Map<String, String> namespace) {
        return enabled
                && global.stream()
                        .anyMatch(rule -> rule.services().selects(service)
                                && rule.namespaces().selects(namespace));
    }
}
