package dev.ambit.domain.dns;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.dns.Resolution.Foreign;
import dev.ambit.domain.dns.Resolution.Lack;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Decides what a name means to a pod. Pure but for its randomness; safe for all threads for which its randomness is. */
public final class NameResolver {
    private final NameExpansion expansion;
    private final String preferredNamespace;
    private final boolean ipv6;
    private final RandomGenerator random;

    /**
     * Answers by these rules.
     *
     * @param preferredNamespace whose service wins where neither the client's own nor a canonical one has the name; empty
     *     for none
     * @param ipv6 whether to tell IPv6 addresses at all
     * @param random orders the addresses of an answer
     */
    public NameResolver(NameExpansion expansion, String preferredNamespace, boolean ipv6, RandomGenerator random) {
        this.expansion = expansion;
        this.preferredNamespace = preferredNamespace;
        this.ipv6 = ipv6;
        this.random = random;
    }

    /**
     * Never throws. A pod that the view does not know (yet) is {@link Resolution.ClientUnknown}; the caller may wait for a
     * later view and ask again.
     */
    public Resolution resolve(MeshView view, PodRef client, DnsQuestion question) {
        Optional<Workload> workload = view.workloadOf(client);
        if (workload.isEmpty()) {
            return new Resolution.ClientUnknown();
        }
        Optional<IpAddress.Family> family = question.family();
        if (family.isEmpty()) {
            return new Resolution.Forward(Foreign.NOT_AN_ADDRESS);
        }
        return find(view, workload.get(), question.name())
                .map(match -> answer(view, workload.get(), match, family.get()))
                .orElseGet(() -> new Resolution.Forward(Foreign.UNKNOWN_NAME));
    }

    /** A service and the name its records go by. */
    private record NameMatch(MeshService service, DnsName owner) {}

    private Optional<NameMatch> find(MeshView view, Workload client, DnsName requested) {
        for (NameAlias alias : expansion.aliases(requested, client.namespace())) {
            Optional<MeshService> exact = named(view, client, alias.name().text());
            if (exact.isPresent()) {
                DnsName owner = alias.name().isWildcard() ? requested : alias.owner();
                return exact.map(service -> new NameMatch(service, owner));
            }
            Optional<MeshService> wildcard =
                    byWildcard(view, client, alias.name().text());
            if (wildcard.isPresent()) {
                // What a wildcard matched stays as it was asked, because "*" is nobody's canonical name.
                return wildcard.map(service -> new NameMatch(service, requested));
            }
        }
        return Optional.empty();
    }

    /** The most specific wildcard first. Only depths at which there are wildcards cost a look-up. */
    private Optional<MeshService> byWildcard(MeshView view, Workload client, String name) {
        int labels = new DnsName(name).labelCount();
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            if (view.hasWildcardServices(labels)) {
                Optional<MeshService> match = named(view, client, "*" + name.substring(dot));
                if (match.isPresent()) {
                    return match;
                }
            }
            labels--;
        }
        return Optional.empty();
    }

    private Optional<MeshService> named(MeshView view, Workload client, String hostname) {
        List<MeshService> candidates = view.servicesNamed(hostname, client.namespace());
        return candidates.stream().filter(this::answers).min(preference(client.namespace()));
    }

    /** Outside the cluster's own domain a service without an address is a name that somebody else resolves. */
    private boolean answers(MeshService service) {
        return hasAddress(service) || expansion.isOfCluster(service.hostname());
    }

    private static boolean hasAddress(MeshService service) {
        return service.addresses().stream().anyMatch(VirtualAddress::isHost);
    }

    private Comparator<MeshService> preference(String clientNamespace) {
        return Comparator.comparing(
                        (MeshService service) -> !service.namespace().equals(clientNamespace))
                .thenComparing(service -> !service.canonical())
                .thenComparing(service -> !service.namespace().equals(preferredNamespace))
                .thenComparing(MeshService::key);
    }

    private Resolution answer(MeshView view, Workload client, NameMatch match, IpAddress.Family family) {
        MeshService service = match.service();
        boolean served = service.ipFamilies().allows(family) && (ipv6 || family == IpAddress.Family.IPV4);
        if (!served) {
            return new Resolution.Empty(service, Lack.FAMILY_NOT_SERVED);
        }
        List<IpAddress> addresses = hasAddress(service)
                ? virtualAddresses(service, client.network(), family)
                : endpointAddresses(view, service, family);
        if (addresses.isEmpty()) {
            return new Resolution.Empty(service, Lack.NO_ADDRESS);
        }
        Collections.shuffle(addresses, random);
        return new Resolution.Found(service, match.owner(), addresses);
    }

    /** Addresses of other networks may be somebody else's in this one. */
    private static List<IpAddress> virtualAddresses(MeshService service, String network, IpAddress.Family family) {
        List<IpAddress> addresses = new ArrayList<>();
        for (VirtualAddress address : service.addresses()) {
            IpAddress ip = address.block().base();
            if (address.isHost() && address.network().equals(network) && ip.family() == family) {
                addresses.add(ip);
            }
        }
        return addresses;
    }

    /** A headless service is its endpoints: one address of each. */
    private static List<IpAddress> endpointAddresses(MeshView view, MeshService service, IpAddress.Family family) {
        List<IpAddress> addresses = new ArrayList<>();
        view.forEachEndpoint(
                service,
                endpoint -> endpoint.addresses().stream()
                        .filter(ip -> ip.family() == family)
                        .findFirst()
                        .ifPresent(addresses::add));
        return addresses;
    }
}
