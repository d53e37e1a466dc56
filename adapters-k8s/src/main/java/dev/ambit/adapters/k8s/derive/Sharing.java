package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.NamespaceFacts;
import dev.ambit.adapters.k8s.translate.ServiceFacts;
import dev.ambit.adapters.k8s.translate.ServiceSharing;

/** Which Services all clusters share. Of a remote cluster no others count. */
final class Sharing {
    private Sharing() {}

    static boolean isGlobal(Rules rules, Reading reading, ServiceFacts service) {
        ServiceSharing sharing = rules.options().features().sharing();
        return sharing.enabled()
                && sharing.isGlobal(
                        service.labels(),
                        reading.read(Named.namespace(service.namespace()))
                                .orElse(NamespaceFacts.SILENT)
                                .labels());
    }

    /** Whether the service is one for this derivation. */
    static boolean counts(Rules rules, Reading reading, ServiceFacts service) {
        return !rules.options().remote() || isGlobal(rules, reading, service);
    }
}
