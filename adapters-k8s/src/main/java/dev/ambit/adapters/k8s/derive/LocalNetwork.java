package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Query;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.NamespaceFacts;

/** The network of this cluster: as configured, else as the root namespace's label says. */
record LocalNetwork(Rules rules) implements Query<String> {
    private static final String LABEL = "topology.istio.io/network";

    @Override
    public String answer(Reading reading) {
        String configured = rules.options().network();
        return configured.isEmpty()
                ? reading.read(Named.namespace(rules.options().rootNamespace()))
                        .map(NamespaceFacts::labels)
                        .map(labels -> labels.getOrDefault(LABEL, ""))
                        .orElse("")
                : configured;
    }

    @Override
    public int level() {
        return Rules.OF_ONE_KIND;
    }
}
