package dev.ambit.domain.federation;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.workload.GatewayReference;

/**
 * One way into a network: an address of a gateway.
 *
 * @param cluster whose gateway it is
 * @param address an IP address or a host name
 * @param port where it takes tunnels; 0 when its cluster does not tell, which means HBONE's own
 */
public record NetworkWay(String network, String cluster, String namespace, String gateway, String address, int port) {
    private static final int HBONE_PORT = 15_008;

    /** How callers name it. */
    public GatewayReference reference() {
        int hbone = port == 0 ? HBONE_PORT : port;
        return IpAddress.parse(address)
                .<GatewayReference>map(ip -> new GatewayReference.ByAddress(new NetworkAddress(network, ip), hbone))
                .orElseGet(() -> new GatewayReference.ByHostname(new NamespacedHostname(namespace, address), hbone));
    }
}
