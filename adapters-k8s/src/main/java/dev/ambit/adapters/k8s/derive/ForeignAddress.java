package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Members.AddressClaim;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.EndpointFacts;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.Workload;
import java.util.List;

/**
 * Sees to it that an endpoint that somebody wrote down is not found at a pod's address: whoever calls the pod means the
 * pod. Its services still lead to it.
 */
final class ForeignAddress {
    private final Reading reading;
    private final Remarks remarks;
    private final FieldPath field;

    ForeignAddress(Reading reading, Remarks remarks, FieldPath field) {
        this.reading = reading;
        this.remarks = remarks;
        this.field = field;
    }

    Workload checked(EndpointFacts endpoint, Workload workload) {
        List<AddressClaim> pods =
                endpoint.ip().map(ip -> reading.read(Members.podsAt(ip))).orElse(List.of());
        if (pods.isEmpty()) {
            return workload;
        }
        remarks.warn(
                field.child("address"),
                endpoint.written() + " is the address of " + pods.getFirst().key()
                        + ": who calls the address means the pod, only services lead to this entry");
        return workload.toBuilder().networkMode(NetworkMode.HOST_NETWORK).build();
    }
}
