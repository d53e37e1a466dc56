package dev.ambit.domain.view;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.LinkedHashSet;
import java.util.Set;

/** A name by which one can ask for a workload or a service. Its text is the one xDS knows it by. */
public sealed interface MeshName {

    /** Whatever has this address; text {@code network/ip}. */
    record OfAddress(NetworkAddress address) implements MeshName {
        @Override
        public String toString() {
            return address.toString();
        }
    }

    /** A service, or a workload that is found by DNS; text {@code namespace/hostname}. */
    record OfHostname(NamespacedHostname hostname) implements MeshName {
        @Override
        public String toString() {
            return hostname.toString();
        }
    }

    /** One workload; text as its control plane chose it. */
    record OfWorkload(WorkloadUid uid) implements MeshName {
        @Override
        public String toString() {
            return uid.value();
        }
    }

    /** Every name a workload goes by, its services' not among them. */
    static Set<MeshName> of(Workload workload) {
        var names = new LinkedHashSet<MeshName>();
        names.add(new OfWorkload(workload.uid()));
        workload.networkAddresses().forEach(address -> names.add(new OfAddress(address)));
        if (!workload.hostname().isEmpty()) {
            names.add(new OfHostname(new NamespacedHostname(workload.namespace(), workload.hostname())));
        }
        return names;
    }

    /** Every name a service goes by; blocks of addresses have none. */
    static Set<MeshName> of(MeshService service) {
        var names = new LinkedHashSet<MeshName>();
        names.add(new OfHostname(service.key()));
        service.addresses().stream()
                .filter(VirtualAddress::isHost)
                .forEach(address -> names.add(new OfAddress(address.address())));
        return names;
    }
}
