package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.EntryFacts.Resolution;
import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import io.fabric8.istio.api.api.networking.v1alpha3.ServicePort;
import io.fabric8.istio.api.networking.v1.ServiceEntry;
import io.fabric8.istio.api.networking.v1.WorkloadEntry;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is wrong with a ServiceEntry or WorkloadEntry by itself. */
final class EntryChecks {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final int PORT_MAX = 65_535;
    private static final long WEIGHT_MAX = 1_000_000;

    private EntryChecks() {}

    static void check(ServiceEntry entry, Findings findings) {
        var spec = EntryReader.spec(entry);
        hosts(Fields.list(spec.getHosts()), findings);
        addresses(Fields.list(spec.getAddresses()), findings);
        List<ServicePort> ports = Fields.list(spec.getPorts());
        ObjectLimits.size(SPEC.child("ports"), ports.size(), ObjectLimits.PORTS, findings);
        for (int i = 0; i < Math.min(ports.size(), ObjectLimits.PORTS); i++) {
            port(SPEC.child("ports").child(i).child("number"), ports.get(i).getNumber(), false, findings);
            port(SPEC.child("ports").child(i).child("targetPort"), ports.get(i).getTargetPort(), true, findings);
        }
        var endpoints = Fields.list(spec.getEndpoints());
        ObjectLimits.size(SPEC.child("endpoints"), endpoints.size(), ObjectLimits.ENDPOINTS, findings);
        boolean names = EntryReader.resolution(spec.getResolution()) == Resolution.DNS;
        for (int i = 0; i < Math.min(endpoints.size(), ObjectLimits.ENDPOINTS); i++) {
            endpoint(endpoints.get(i), SPEC.child("endpoints").child(i), names, findings);
        }
        if (!endpoints.isEmpty() && !EntryReader.selector(spec).isEmpty()) {
            findings.reject(SPEC.child("workloadSelector"), "endpoints are given too: use one or the other");
        }
        if (!Fields.list(spec.getExportTo()).isEmpty()) {
            findings.warn(
                    SPEC.child("exportTo"),
                    "has no effect in ambient mode: who may see the entries of a namespace is an option of the mesh");
        }
        ObjectChecks.distribution(
                FieldPath.of("metadata", "annotations", ServiceReader.TRAFFIC_DISTRIBUTION),
                Fields.annotations(entry).getOrDefault(ServiceReader.TRAFFIC_DISTRIBUTION, ""),
                findings);
    }

    static void check(WorkloadEntry entry, Findings findings) {
        var spec = entry.getSpec();
        if (spec == null) {
            findings.reject(SPEC, "is missing: give an address at least");
        } else {
            endpoint(spec, SPEC, true, findings);
        }
    }

    private static void hosts(List<String> hosts, Findings findings) {
        FieldPath at = SPEC.child("hosts");
        ObjectLimits.size(at, hosts.size(), ObjectLimits.HOSTS, findings);
        if (hosts.isEmpty()) {
            findings.reject(at, "is empty: name at least one host");
        }
        for (int i = 0; i < Math.min(hosts.size(), ObjectLimits.HOSTS); i++) {
            String host = Fields.text(hosts.get(i)).toLowerCase(Locale.ROOT);
            String name = host.startsWith("*.") ? host.substring(2) : host;
            if (!Names.isHostname(name)) {
                findings.reject(
                        at.child(i),
                        "'" + Names.shortened(host)
                                + "' is not a host name: use a DNS name, or '*.' before one for all below it");
            }
        }
    }

    private static void addresses(List<String> addresses, Findings findings) {
        FieldPath at = SPEC.child("addresses");
        ObjectLimits.size(at, addresses.size(), ObjectLimits.ADDRESSES, findings);
        for (int i = 0; i < Math.min(addresses.size(), ObjectLimits.ADDRESSES); i++) {
            String text = Fields.text(addresses.get(i));
            var block = Cidr.parse(text);
            if (block.isEmpty()) {
                findings.reject(
                        at.child(i),
                        "'" + Names.shortened(text) + "' is neither an address nor a block like 10.0.0.0/8");
            } else if (block.get().prefixLength() == 0) {
                findings.reject(
                        at.child(i), "'" + text + "' is every address there is: name the blocks that are meant");
            }
        }
    }

    private static void endpoint(
            io.fabric8.istio.api.api.networking.v1alpha3.WorkloadEntry endpoint,
            FieldPath at,
            boolean mayBeName,
            Findings findings) {
        String address = Fields.text(endpoint.getAddress());
        if (address.startsWith("unix://")) {
            findings.reject(
                    at.child("address"), "'" + Names.shortened(address) + "': sockets are not reached over a network");
        } else if (IpAddress.parse(address).isEmpty() && !(mayBeName && Names.isHostname(address))) {
            findings.reject(
                    at.child("address"),
                    "'" + Names.shortened(address) + "' is not an IP address"
                            + (mayBeName ? " or a host name" : ": for a name, use resolution DNS"));
        }
        Fields.map(endpoint.getPorts())
                .forEach((name, port) -> port(at.child("ports").child(name), port, false, findings));
        Long weight = endpoint.getWeight();
        if (weight != null && (weight < 0 || weight > WEIGHT_MAX)) {
            findings.reject(at.child("weight"), weight + " is not a weight from 0 to " + WEIGHT_MAX);
        }
        String account = Fields.text(endpoint.getServiceAccount());
        if (!account.isEmpty() && !Names.isSubdomain(account)) {
            findings.reject(
                    at.child("serviceAccount"), "'" + Names.shortened(account) + "' is not a service account name");
        }
    }

    private static void port(FieldPath at, @Nullable Long port, boolean optional, Findings findings) {
        long number = port == null ? 0 : port;
        boolean fine = number == 0 ? optional : number > 0 && number <= PORT_MAX;
        if (!fine) {
            findings.reject(at, (port == null ? "nothing" : port) + " is not a port: use 1 to " + PORT_MAX);
        }
    }
}
