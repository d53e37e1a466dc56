package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.EntryVisibility;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.Reach;
import dev.ambit.adapters.k8s.translate.NamespaceFacts;
import java.util.List;
import java.util.Map;

/** Who may see the ServiceEntries of a namespace. */
final class EntryReach {
    private EntryReach() {}

    static Reach of(Rules rules, Reading reading, String namespace) {
        List<EntryVisibility> rulesOfMesh = rules.options().features().entryVisibility();
        if (rulesOfMesh.isEmpty()) {
            return Reach.PUBLIC;
        }
        Map<String, String> labels = reading.read(Named.namespace(namespace))
                .orElse(NamespaceFacts.SILENT)
                .labels();
        return rulesOfMesh.stream()
                .filter(rule -> rule.namespaces().selects(labels))
                .findFirst()
                .map(EntryVisibility::reach)
                .orElse(Reach.PUBLIC);
    }
}
