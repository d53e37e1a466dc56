package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Members.Index;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The services that select a workload. */
final class Backed {
    private Backed() {}

    static List<Target> services(Rules rules, Reading reading, String namespace, Map<String, String> labels) {
        var targets = new ArrayList<Target>();
        for (ObjectKey key : Matching.of(reading, Index.SERVICES_BY_LABEL, Index.SERVICE_LABELS, namespace, labels)) {
            reading.read(new Target.OfService(rules, key.namespace(), key.name()))
                    .ifPresent(targets::add);
        }
        return targets;
    }

    static List<Target> entries(Rules rules, Reading reading, String namespace, Map<String, String> labels) {
        var targets = new ArrayList<Target>();
        for (ObjectKey key : Matching.of(reading, Index.ENTRIES_BY_LABEL, Index.ENTRY_LABELS, namespace, labels)) {
            reading.read(new Target.OfEntry(rules, key.namespace(), key.name())).ifPresent(targets::add);
        }
        return targets;
    }
}
