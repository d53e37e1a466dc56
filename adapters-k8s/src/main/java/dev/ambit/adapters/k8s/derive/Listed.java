package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Members.Index;
import dev.ambit.adapters.k8s.query.Query;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.domain.policy.PolicyName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The policies that a workload has to name: those of its own and of the root namespace that select it, in order of their
 * names, then what its PeerAuthentication became.
 *
 * @param labels only those that any selector there asks for
 */
record Listed(Rules rules, String namespace, Map<String, String> labels) implements Query<List<PolicyName>> {

    static List<PolicyName> of(Rules rules, Reading reading, String namespace, Map<String, String> labels) {
        Map<String, String> relevant = new HashMap<>();
        for (String label : reading.read(new Asked(rules, namespace))) {
            String value = labels.get(label);
            if (value != null) {
                relevant.put(label, value);
            }
        }
        return reading.read(new Listed(rules, namespace, Map.copyOf(relevant)));
    }

    @Override
    public List<PolicyName> answer(Reading reading) {
        String root = rules.options().rootNamespace();
        Set<PolicyName> selected = new TreeSet<>();
        select(reading, namespace, selected);
        if (!namespace.equals(root)) {
            select(reading, root, selected);
        }
        var listed = new ArrayList<>(selected);
        listed.addAll(reading.read(new Peers(rules, namespace)).decide().policiesFor(namespace, labels));
        return List.copyOf(listed);
    }

    private void select(Reading reading, String home, Set<PolicyName> selected) {
        for (ObjectKey key : Matching.of(reading, Index.POLICIES_BY_LABEL, Index.POLICY_LABELS, home, labels)) {
            selected.add(new PolicyName(key.namespace(), key.name()));
        }
    }

    @Override
    public int level() {
        return Rules.OF_LABELS;
    }

    /** The labels that selectors of policies ask for, in a namespace and in the root namespace. */
    record Asked(Rules rules, String namespace) implements Query<Set<String>> {
        @Override
        public Set<String> answer(Reading reading) {
            var asked = new TreeSet<String>();
            asked.addAll(reading.read(Members.labels(Index.POLICY_LABELS, namespace)));
            asked.addAll(reading.read(
                    Members.labels(Index.POLICY_LABELS, rules.options().rootNamespace())));
            for (var authentication : reading.read(new Peers(rules, namespace)).all()) {
                asked.addAll(authentication.selector().keySet());
            }
            return asked;
        }

        @Override
        public int level() {
            return Rules.OF_SEVERAL;
        }
    }
}
