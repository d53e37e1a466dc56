package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.EndpointFacts;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.List;

/** What WorkloadEntries and the endpoints of ServiceEntries have in common. */
final class EndpointWorkload {
    private static final int DEFAULT_WEIGHT = 1;

    private EndpointWorkload() {}

    /** With everything that the endpoint says itself. */
    static Workload.Builder start(
            Rules rules, Reading reading, WorkloadUid uid, String namespace, String name, EndpointFacts endpoint) {
        String network = endpoint.network().isEmpty() ? reading.read(new LocalNetwork(rules)) : endpoint.network();
        Workload.Builder builder = Workload.builder(uid, namespace, name)
                .trustDomain(rules.options().trustDomain())
                .network(network)
                .networkGateway(reading.read(new NetworkGateways(rules, network)))
                .clusterId(rules.options().clusterId())
                .locality(endpoint.locality())
                .capacity(endpoint.weight() > 0 ? endpoint.weight() : DEFAULT_WEIGHT);
        if (!endpoint.serviceAccount().isEmpty()) {
            builder.serviceAccount(endpoint.serviceAccount());
        }
        return endpoint.ip().isPresent()
                ? builder.addresses(List.of(endpoint.ip().get()))
                : builder.hostname(endpoint.written());
    }
}
