package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Members.Index;
import dev.ambit.adapters.k8s.derive.Members.Selecting;
import dev.ambit.adapters.k8s.query.Query;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.Fields;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which objects of a namespace select whoever has these labels.
 *
 * @param labels only those that any selector there asks for: so pods that differ in others share one answer
 */
record Matching(Index index, String namespace, Map<String, String> labels) implements Query<List<ObjectKey>> {

    /** Those that select a set of labels, in order of their names. */
    static List<ObjectKey> of(
            Reading reading, Index index, Index labelIndex, String namespace, Map<String, String> labels) {
        List<String> asked = reading.read(Members.labels(labelIndex, namespace));
        if (asked.isEmpty() || labels.isEmpty()) {
            return List.of();
        }
        Map<String, String> relevant = new HashMap<>();
        for (String label : asked) {
            String value = labels.get(label);
            if (value != null) {
                relevant.put(label, value);
            }
        }
        return relevant.isEmpty() ? List.of() : reading.read(new Matching(index, namespace, Map.copyOf(relevant)));
    }

    @Override
    public List<ObjectKey> answer(Reading reading) {
        var matching = new ArrayList<ObjectKey>();
        labels.forEach((label, value) -> {
            for (Selecting selecting : reading.read(Members.selecting(index, namespace, label, value))) {
                if (Fields.selects(selecting.selector(), labels)) {
                    matching.add(selecting.key());
                }
            }
        });
        matching.sort(null);
        return matching;
    }

    @Override
    public int level() {
        return Rules.OF_ONE_KIND;
    }
}
