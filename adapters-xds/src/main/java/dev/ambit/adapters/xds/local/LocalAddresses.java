package dev.ambit.adapters.xds.local;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.workload.GatewayReference;
import java.util.Optional;
import java.util.Set;

/** The ways in which addresses and gateways are written. */
final class LocalAddresses {
    static final String NETWORK_ADDRESS = "network/ip, such as /10.0.0.1 in the default network";
    static final String HOSTNAME = "namespace/hostname";
    static final Set<String> GATEWAY = Set.of("destination", "hboneMtlsPort");

    static Optional<NetworkAddress> networkAddress(String text) {
        int slash = text.indexOf('/');
        return slash < 0
                ? Optional.empty()
                : IpAddress.parse(text.substring(slash + 1))
                        .map(ip -> new NetworkAddress(text.substring(0, slash), ip));
    }

    /** A waypoint or gateway: what follows the slash is an address or else a host name. */
    static GatewayReference gateway(LocalFields fields) {
        int port = fields.port("hboneMtlsPort");
        return fields.<GatewayReference>parsed(
                        "destination",
                        text -> networkAddress(text)
                                .<GatewayReference>map(address -> new GatewayReference.ByAddress(address, port))
                                .or(() -> NamespacedHostname.parse(text)
                                        .map(name -> new GatewayReference.ByHostname(name, port))),
                        "network/ip or " + HOSTNAME)
                .orElseThrow(() -> fields.wrong("destination", "must be set: network/ip or " + HOSTNAME));
    }

    private LocalAddresses() {}
}
