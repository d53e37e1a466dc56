package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Members.AddressClaim;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.EntryFacts;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.service.AddressAllocation.Claimant;
import dev.ambit.domain.service.VirtualAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * At which addresses the hosts of a ServiceEntry answer: those of its spec, else allocated ones. Not at the very address of
 * a Service or pod, which would take away its traffic; a block that contains some does no harm, because whoever has the
 * very address is meant.
 */
final class EntryAddresses {
    private static final FieldPath ADDRESSES = FieldPath.of("spec", "addresses");

    private final Rules rules;
    private final Reading reading;
    private final EntryFacts entry;
    private final Remarks remarks;
    private final String network;
    private final List<VirtualAddress> own;

    EntryAddresses(Rules rules, Reading reading, EntryFacts entry, Remarks remarks) {
        this.rules = rules;
        this.reading = reading;
        this.entry = entry;
        this.remarks = remarks;
        this.network = reading.read(new LocalNetwork(rules));
        this.own = own();
    }

    private List<VirtualAddress> own() {
        var addresses = new ArrayList<VirtualAddress>();
        for (int i = 0; i < entry.addresses().size(); i++) {
            Cidr block = entry.addresses().get(i).masked();
            Optional<String> owner = block.isHost() ? owner(block.base()) : Optional.empty();
            if (owner.isPresent()) {
                remarks.reject(
                        ADDRESSES.child(i),
                        block.base() + " is the address of " + owner.get() + ", which keeps it: use another");
            } else {
                addresses.add(new VirtualAddress(network, block));
            }
        }
        return addresses;
    }

    private Optional<String> owner(IpAddress ip) {
        List<ObjectKey> services = reading.read(Members.servicesAt(ip));
        if (!services.isEmpty()) {
            return Optional.of(services.getFirst().toString());
        }
        List<AddressClaim> pods = reading.read(Members.podsAt(ip));
        return pods.isEmpty()
                ? Optional.empty()
                : Optional.of(pods.getFirst().key().toString());
    }

    List<VirtualAddress> of(String host) {
        if (!entry.addresses().isEmpty() || !entry.allocatingHosts().contains(host)) {
            return own;
        }
        var claimant = new Claimant(entry.namespace(), entry.name(), host);
        List<IpAddress> allocated = reading.read(new Allocated(rules, claimant));
        if (allocated.isEmpty()) {
            remarks.warn(ADDRESSES, "no address is left to allocate for '" + host + "': give it one");
        }
        allocated.forEach(ip -> remarks.allocated(host, ip));
        return allocated.stream()
                .map(ip -> new VirtualAddress(network, Cidr.host(ip)))
                .toList();
    }
}
