package dev.ambit.services.ztunnel.dns;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Where the DNS proxy listens in every pod, and whom it asks.
 *
 * @param addresses to listen on; an IPv6 address that a pod lacks is left out there
 * @param nameservers for names that are not the mesh's, in the order in which to ask them
 */
public record DnsProxyOptions(List<InetAddress> addresses, int port, List<IpPort> nameservers) {

    private static final int NAMESERVER_PORT = 53;

    public DnsProxyOptions {
        addresses = List.copyOf(addresses);
        nameservers = List.copyOf(nameservers);
    }

    /**
     * As an operator asks for it.
     *
     * @param address to listen on; empty means loopback, of both families if there is IPv6
     */
    public static DnsProxyOptions of(Optional<IpAddress> address, int port, boolean ipv6, List<IpAddress> nameservers) {
        List<InetAddress> loopback = ipv6
                ? List.of(loopback(IpAddress.Family.IPV4), loopback(IpAddress.Family.IPV6))
                : List.of(loopback(IpAddress.Family.IPV4));
        return new DnsProxyOptions(
                address.map(IpAddress::toInetAddress).map(List::of).orElse(loopback),
                port,
                nameservers.stream()
                        .map(server -> new IpPort(server, NAMESERVER_PORT))
                        .toList());
    }

    private static InetAddress loopback(IpAddress.Family family) {
        return IpAddress.loopback(family).toInetAddress();
    }
}
