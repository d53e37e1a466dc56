package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Input;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.policy.PeerAuthentication;
import dev.ambit.domain.service.AddressAllocation;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Who is to be found by something other than a name: everything that objects claim about one subject, in order.
 *
 * @param scope most often a namespace
 * @param subject for example a label and its value
 */
record Members<E>(Index index, String scope, String subject) implements Input<List<E>> {

    @Override
    public List<E> unset() {
        return List.of();
    }

    /** What objects are found by. */
    enum Index {
        SERVICES_BY_LABEL,
        SERVICE_LABELS,
        ENTRIES_BY_LABEL,
        ENTRY_LABELS,
        POLICIES_BY_LABEL,
        POLICY_LABELS,
        PEER_AUTHENTICATIONS,
        NAMESPACES_WITH_PEER_AUTHENTICATION,
        SLICED_PODS,
        SLICES_BY_POD,
        POD_ADDRESSES,
        SERVICE_ADDRESSES,
        HOSTS,
        ALLOCATIONS,
        GATEWAYS_BY_NETWORK,
        GATEWAYS_BY_WAY,
        GATEWAY_ACCOUNTS,
        GRANTS,
        UNREADABLE_POLICIES
    }

    /** An object that selects others by their labels. */
    record Selecting(ObjectKey key, Map<String, String> selector) implements Comparable<Selecting> {
        @Override
        public int compareTo(Selecting other) {
            return key.compareTo(other.key);
        }
    }

    /** A pod that has an address. Of several the first in order has it: one that is not going, and the youngest. */
    record AddressClaim(ObjectKey key, boolean terminating, long created) implements Comparable<AddressClaim> {
        private static final Comparator<AddressClaim> ORDER = Comparator.comparing(AddressClaim::terminating)
                .thenComparing(Comparator.comparingLong(AddressClaim::created).reversed())
                .thenComparing(AddressClaim::key);

        @Override
        public int compareTo(AddressClaim other) {
            return ORDER.compare(this, other);
        }
    }

    /** An object that gives a host name a meaning. A Service comes before everything, then the oldest. */
    record HostClaim(ObjectKey key, boolean service, long created) implements Comparable<HostClaim> {
        private static final Comparator<HostClaim> ORDER = Comparator.comparing((HostClaim claim) -> !claim.service())
                .thenComparingLong(HostClaim::created)
                .thenComparing(HostClaim::key);

        @Override
        public int compareTo(HostClaim other) {
            return ORDER.compare(this, other);
        }
    }

    /** A PeerAuthentication; none is equal to another in order. */
    record PeerClaim(PeerAuthentication authentication) implements Comparable<PeerClaim> {
        private static final Comparator<PeerClaim> ORDER = Comparator.comparing(
                        (PeerClaim claim) -> claim.authentication().name())
                .thenComparing(claim -> claim.authentication().created())
                .thenComparing(claim -> claim.authentication().toString());

        @Override
        public int compareTo(PeerClaim other) {
            return ORDER.compare(this, other);
        }
    }

    static Members<Selecting> selecting(Index index, String namespace, String label, String value) {
        return new Members<>(index, namespace, label + "=" + value);
    }

    static Members<String> labels(Index index, String namespace) {
        return new Members<>(index, namespace, "");
    }

    static Members<AddressClaim> podsAt(IpAddress address) {
        return new Members<>(Index.POD_ADDRESSES, "", address.toString());
    }

    static Members<ObjectKey> servicesAt(IpAddress address) {
        return new Members<>(Index.SERVICE_ADDRESSES, "", address.toString());
    }

    static Members<HostClaim> host(String host) {
        return new Members<>(Index.HOSTS, "", host);
    }

    static Members<String> slicedPods(String namespace) {
        return new Members<>(Index.SLICED_PODS, namespace, "");
    }

    static Members<ObjectKey> slicesOf(String namespace, String pod) {
        return new Members<>(Index.SLICES_BY_POD, namespace, pod);
    }

    static Members<AddressAllocation.Claim> allocations() {
        return new Members<>(Index.ALLOCATIONS, "", "");
    }

    static Members<ObjectKey> gatewaysInto(String network) {
        return new Members<>(Index.GATEWAYS_BY_NETWORK, "", network);
    }

    static Members<ObjectKey> gatewaysAt(String network, NetworkGateways.Way way) {
        return new Members<>(Index.GATEWAYS_BY_WAY, network, way.toString());
    }

    static Members<String> accountsOf(String namespace, String gateway) {
        return new Members<>(Index.GATEWAY_ACCOUNTS, namespace, gateway);
    }

    static Members<ObjectKey> grantsIn(String namespace) {
        return new Members<>(Index.GRANTS, namespace, "");
    }

    static Members<PeerClaim> peerAuthentications(String namespace) {
        return new Members<>(Index.PEER_AUTHENTICATIONS, namespace, "");
    }

    static Members<String> namespacesWithPeerAuthentication() {
        return new Members<>(Index.NAMESPACES_WITH_PEER_AUTHENTICATION, "", "");
    }
}
