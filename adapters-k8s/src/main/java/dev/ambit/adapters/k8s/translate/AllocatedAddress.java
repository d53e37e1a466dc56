package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.address.IpAddress;

/** An address that a host of a ServiceEntry got, to be kept in the entry's status. */
public record AllocatedAddress(ObjectKey object, String host, IpAddress address) {}
