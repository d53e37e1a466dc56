package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpAddress;

/** Where a workload is reached: at an address, or at whatever addresses a host name has when somebody asks. */
sealed interface Location {

    record At(IpAddress ip) implements Location {}

    record Named(String hostname) implements Location {}
}
