package dev.ambit.domain.service;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.NetworkAddress;

/** An address, or a block of addresses, at which a service answers within a network. */
public record VirtualAddress(String network, Cidr block) {

    public static VirtualAddress of(NetworkAddress address) {
        return new VirtualAddress(address.network(), Cidr.host(address.ip()));
    }

    public boolean isHost() {
        return block.isHost();
    }

    /** The single address of a host entry; for a block, its first. */
    public NetworkAddress address() {
        return new NetworkAddress(network, block.base());
    }
}
