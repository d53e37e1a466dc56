package dev.ambit.domain.view;

import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.workload.Workload;

/** Whom an address belongs to. */
public sealed interface AddressOwner {

    record OfService(MeshService service) implements AddressOwner {}

    record OfWorkload(Workload workload) implements AddressOwner {}

    /** Nobody in the mesh. */
    record Nobody() implements AddressOwner {}
}
