package dev.ambit.domain.view;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.collection.Groups;
import dev.ambit.domain.collection.PersistentMap;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.service.Visibility;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The services of a view by key, host name and virtual address. Immutable. */
record ServiceIndex(
        PersistentMap<NamespacedHostname, MeshService> byKey,
        Groups<String, NamespacedHostname, MeshService> byHostname,
        Groups<VirtualAddress, NamespacedHostname, MeshService> byAddress,
        Groups<String, PrefixLength, Integer> blockLengthsByNetwork,
        PersistentMap<Integer, Integer> wildcardsByLabels) {

    private static final String WILDCARD = "*.";

    static final ServiceIndex EMPTY = new ServiceIndex(
            PersistentMap.empty(), Groups.empty(), Groups.empty(), Groups.empty(), PersistentMap.empty());

    ServiceIndex with(MeshService service) {
        MeshService before = byKey.get(service.key());
        if (service.equals(before)) {
            return this;
        }
        return (before == null ? this : without(before)).including(service);
    }

    ServiceIndex without(NamespacedHostname key) {
        MeshService before = byKey.get(key);
        return before == null ? this : without(before);
    }

    private ServiceIndex including(MeshService service) {
        var addresses = byAddress;
        var lengths = blockLengthsByNetwork;
        for (VirtualAddress address : addressesOf(service)) {
            addresses = addresses.with(address, service.key(), service);
            lengths = counted(lengths, address, 1);
        }
        return new ServiceIndex(
                byKey.with(service.key(), service),
                byHostname.with(folded(service.hostname()), service.key(), service),
                addresses,
                lengths,
                countedWildcard(service.hostname(), 1));
    }

    private ServiceIndex without(MeshService service) {
        var addresses = byAddress;
        var lengths = blockLengthsByNetwork;
        for (VirtualAddress address : addressesOf(service)) {
            addresses = addresses.without(address, service.key());
            lengths = counted(lengths, address, -1);
        }
        return new ServiceIndex(
                byKey.without(service.key()),
                byHostname.without(folded(service.hostname()), service.key()),
                addresses,
                lengths,
                countedWildcard(service.hostname(), -1));
    }

    /** Host names are compared without regard to case (RFC 4343). */
    private static String folded(String hostname) {
        return hostname.toLowerCase(Locale.ROOT);
    }

    private PersistentMap<Integer, Integer> countedWildcard(String hostname, int change) {
        if (!hostname.startsWith(WILDCARD)) {
            return wildcardsByLabels;
        }
        int labels = (int) hostname.chars().filter(c -> c == '.').count() + 1;
        Integer before = wildcardsByLabels.get(labels);
        int count = (before == null ? 0 : before) + change;
        return count == 0 ? wildcardsByLabels.without(labels) : wildcardsByLabels.with(labels, count);
    }

    /** Each address once, blocks by their first address. */
    private static Set<VirtualAddress> addressesOf(MeshService service) {
        var addresses = new LinkedHashSet<VirtualAddress>();
        for (VirtualAddress address : service.addresses()) {
            addresses.add(block(
                    address.network(), address.block().base(), address.block().prefixLength()));
        }
        return addresses;
    }

    private static Groups<String, PrefixLength, Integer> counted(
            Groups<String, PrefixLength, Integer> lengths, VirtualAddress address, int change) {
        if (address.isHost()) {
            return lengths;
        }
        var length = new PrefixLength(
                address.block().base().family(), address.block().prefixLength());
        Integer before = lengths.get(address.network(), length);
        int count = (before == null ? 0 : before) + change;
        return count == 0 ? lengths.without(address.network(), length) : lengths.with(address.network(), length, count);
    }

    Optional<MeshService> named(String hostname, String callerNamespace) {
        return preferred(byHostname.of(folded(hostname)), callerNamespace);
    }

    List<MeshService> allNamed(String hostname, String callerNamespace) {
        PersistentMap<NamespacedHostname, MeshService> candidates = byHostname.of(folded(hostname));
        if (candidates.isEmpty()) {
            return List.of();
        }
        var visible = new ArrayList<MeshService>();
        candidates.forEach((_, service) -> {
            if (isVisible(service, callerNamespace)) {
                visible.add(service);
            }
        });
        return visible;
    }

    boolean hasWildcards(int labels) {
        return wildcardsByLabels.get(labels) != null;
    }

    private static boolean isVisible(MeshService service, String callerNamespace) {
        return service.visibility() == Visibility.PUBLIC || service.namespace().equals(callerNamespace);
    }

    /** The service that has exactly this address. */
    Optional<MeshService> at(NetworkAddress address, String callerNamespace) {
        return preferred(byAddress.of(VirtualAddress.of(address)), callerNamespace);
    }

    /** Every service that has this address, exactly or in a block, whoever may see it. */
    List<MeshService> allAt(NetworkAddress address) {
        var found = new ArrayList<MeshService>();
        byAddress.of(VirtualAddress.of(address)).forEach((_, service) -> found.add(service));
        blockLengthsByNetwork.of(address.network()).forEach((length, _) -> {
            if (length.family() == address.ip().family()) {
                byAddress
                        .of(block(address.network(), address.ip(), length.bits()))
                        .forEach((_, service) -> found.add(service));
            }
        });
        return found;
    }

    /** The service in one of whose blocks this address is: the caller's own first, then that of the longest prefix. */
    Optional<MeshService> around(NetworkAddress address, String callerNamespace) {
        var best = new Preferred<>(Comparator.comparing((Enclosing found) -> !found.isIn(callerNamespace))
                .thenComparing(Comparator.comparingInt(Enclosing::prefixLength).reversed()));
        blockLengthsByNetwork.of(address.network()).forEach((length, _) -> {
            if (length.family() == address.ip().family()) {
                preferred(byAddress.of(block(address.network(), address.ip(), length.bits())), callerNamespace)
                        .ifPresent(service -> best.accept(new Enclosing(service, length.bits())));
            }
        });
        return best.get().map(Enclosing::service);
    }

    private static Optional<MeshService> preferred(
            PersistentMap<NamespacedHostname, MeshService> candidates, String callerNamespace) {
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        var preferred = new Preferred<>(preference(callerNamespace));
        candidates.forEach((_, service) -> {
            if (isVisible(service, callerNamespace)) {
                preferred.accept(service);
            }
        });
        return preferred.get();
    }

    /** The caller's own namespace, then the canonical definition; the key makes it definite. */
    private static Comparator<MeshService> preference(String callerNamespace) {
        return Comparator.comparing(
                        (MeshService service) -> !service.namespace().equals(callerNamespace))
                .thenComparing(service -> !service.canonical())
                .thenComparing(MeshService::key);
    }

    private static VirtualAddress block(String network, IpAddress ip, int prefixLength) {
        return new VirtualAddress(network, new Cidr(masked(ip, prefixLength), prefixLength));
    }

    private static IpAddress masked(IpAddress ip, int prefixLength) {
        if (ip.isV4()) {
            return new IpAddress(0, ip.low() & (0xffff_ffffL & leading(prefixLength + 32)), ip.family());
        }
        return new IpAddress(
                ip.high() & leading(Math.min(prefixLength, 64)),
                ip.low() & leading(Math.max(prefixLength - 64, 0)),
                ip.family());
    }

    /** A word whose first {@code count} bits are set. */
    private static long leading(int count) {
        return count == 0 ? 0 : -1L << (64 - count);
    }

    /** A length that some block of the network has. */
    record PrefixLength(IpAddress.Family family, int bits) {}

    /** A service with a block around an address. */
    private record Enclosing(MeshService service, int prefixLength) {
        boolean isIn(String namespace) {
            return service.namespace().equals(namespace);
        }
    }
}
