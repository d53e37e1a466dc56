package dev.ambit.domain.address;

import dev.ambit.domain.collection.Hashes;

/**
 * An address within a named network: two networks may use the same address for different things.
 *
 * @param network network id; empty is the default network
 */
public record NetworkAddress(String network, IpAddress ip) {

    @Override
    public int hashCode() {
        return Hashes.both(network.hashCode(), ip.hashCode());
    }

    /** {@code network/ip}, the form in which xDS names an address. */
    @Override
    public String toString() {
        return network + "/" + ip;
    }
}
