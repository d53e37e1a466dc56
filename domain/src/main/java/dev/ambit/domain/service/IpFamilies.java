package dev.ambit.domain.service;

import dev.ambit.domain.address.IpAddress;

/** Which address families a service speaks. */
public enum IpFamilies {
    AUTOMATIC,
    IPV4_ONLY,
    IPV6_ONLY,
    DUAL;

    public boolean allows(IpAddress.Family family) {
        return switch (this) {
            case AUTOMATIC, DUAL -> true;
            case IPV4_ONLY -> family == IpAddress.Family.IPV4;
            case IPV6_ONLY -> family == IpAddress.Family.IPV6;
        };
    }
}
