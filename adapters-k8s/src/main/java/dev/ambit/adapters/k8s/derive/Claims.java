package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Indexes.Claim;
import dev.ambit.adapters.k8s.derive.Members.AddressClaim;
import dev.ambit.adapters.k8s.derive.Members.HostClaim;
import dev.ambit.adapters.k8s.derive.Members.Index;
import dev.ambit.adapters.k8s.derive.Members.PeerClaim;
import dev.ambit.adapters.k8s.derive.Members.Selecting;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.k8s.translate.EntryFacts;
import dev.ambit.adapters.k8s.translate.GatewayFacts;
import dev.ambit.adapters.k8s.translate.GrantFacts;
import dev.ambit.adapters.k8s.translate.ObjectFacts;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.PodFacts;
import dev.ambit.adapters.k8s.translate.SelectedPolicy;
import dev.ambit.adapters.k8s.translate.ServiceFacts;
import dev.ambit.adapters.k8s.translate.SliceFacts;
import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.policy.PeerAuthentication;
import dev.ambit.domain.service.AddressAllocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** By what an object is to be found, besides its name. */
final class Claims {
    static final String GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";

    private final DerivationOptions options;

    Claims(DerivationOptions options) {
        this.options = options;
    }

    List<Claim> of(ObjectKey key, ObjectFacts facts) {
        return switch (facts) {
            case PodFacts pod -> ofPod(key, pod);
            case ServiceFacts service -> ofService(key, service);
            case SliceFacts slice -> ofSlice(key, slice);
            case EntryFacts entry -> ofEntry(key, entry);
            case GatewayFacts gateway -> ofGateway(key, gateway);
            case ObjectFacts.PolicyFacts(SelectedPolicy policy) -> ofPolicy(key, policy);
            case ObjectFacts.PeerFacts(PeerAuthentication authentication) -> ofPeer(authentication);
            case GrantFacts _ -> List.of(Claim.of(Members.grantsIn(key.namespace()), key));
            default -> List.of();
        };
    }

    private static List<Claim> ofPod(ObjectKey key, PodFacts pod) {
        var claims = new ArrayList<Claim>();
        if (!pod.finished() && !pod.hostNetwork()) {
            var claim = new AddressClaim(key, pod.terminating(), pod.created());
            pod.addresses().forEach(ip -> claims.add(Claim.of(Members.podsAt(ip), claim)));
        }
        String gateway = pod.labels().getOrDefault(GATEWAY_NAME, "");
        if (!gateway.isEmpty() && !pod.finished()) {
            claims.add(Claim.of(
                    Members.accountsOf(pod.namespace(), gateway),
                    pod.record().ref().serviceAccount()));
        }
        return claims;
    }

    private List<Claim> ofService(ObjectKey key, ServiceFacts service) {
        var claims = new ArrayList<Claim>();
        String hostname = options.hostname(service.name(), service.namespace());
        claims.add(Claim.of(Members.host(hostname), new HostClaim(key, true, service.created())));
        service.addresses().forEach(ip -> claims.add(Claim.of(Members.servicesAt(ip), key)));
        select(Index.SERVICES_BY_LABEL, Index.SERVICE_LABELS, key, service.selector(), claims);
        return claims;
    }

    private static List<Claim> ofSlice(ObjectKey key, SliceFacts slice) {
        var claims = new ArrayList<Claim>();
        for (SliceFacts.PodTarget pod : slice.pods()) {
            claims.add(Claim.of(Members.slicedPods(pod.namespace()), pod.name()));
            claims.add(Claim.of(Members.slicesOf(pod.namespace(), pod.name()), key));
        }
        return claims;
    }

    private static List<Claim> ofEntry(ObjectKey key, EntryFacts entry) {
        var claims = new ArrayList<Claim>();
        entry.hosts()
                .forEach(host -> claims.add(Claim.of(Members.host(host), new HostClaim(key, false, entry.created()))));
        select(Index.ENTRIES_BY_LABEL, Index.ENTRY_LABELS, key, entry.selector(), claims);
        List<IpAddress> own =
                entry.addresses().stream().filter(Cidr::isHost).map(Cidr::base).toList();
        if (!own.isEmpty() || !entry.allocatingHosts().isEmpty()) {
            claims.add(Claim.of(
                    Members.allocations(),
                    new AddressAllocation.Claim(
                            entry.namespace(),
                            entry.name(),
                            entry.created(),
                            entry.allocatingHosts(),
                            entry.allocated(),
                            own)));
        }
        return claims;
    }

    private List<Claim> ofGateway(ObjectKey key, GatewayFacts gateway) {
        var claims = new ArrayList<Claim>();
        for (NetworkGateways.Way way : NetworkGateways.of(gateway, options.remote())) {
            claims.add(Claim.of(Members.gatewaysInto(gateway.network()), key));
            claims.add(Claim.of(Members.gatewaysAt(gateway.network(), way), key));
        }
        return claims;
    }

    private static List<Claim> ofPolicy(ObjectKey key, SelectedPolicy policy) {
        var claims = new ArrayList<Claim>();
        select(Index.POLICIES_BY_LABEL, Index.POLICY_LABELS, key, policy.selector(), claims);
        return claims;
    }

    private static List<Claim> ofPeer(PeerAuthentication authentication) {
        String namespace = authentication.name().namespace();
        return List.of(
                Claim.of(Members.peerAuthentications(namespace), new PeerClaim(authentication)),
                Claim.of(Members.namespacesWithPeerAuthentication(), namespace));
    }

    /**
     * Whoever selects is found by one label of his selector, the first by name: who has that label is looked at closer. All
     * labels of selectors are known, so that others need not be looked at.
     */
    private static void select(
            Index byLabel, Index labels, ObjectKey key, Map<String, String> selector, List<Claim> claims) {
        if (selector.isEmpty()) {
            return;
        }
        Map.Entry<String, String> first = new TreeMap<>(selector).firstEntry();
        claims.add(Claim.of(
                Members.selecting(byLabel, key.namespace(), first.getKey(), first.getValue()),
                new Selecting(key, selector)));
        selector.keySet().stream()
                .sorted()
                .forEach(label -> claims.add(Claim.of(Members.labels(labels, key.namespace()), label)));
    }
}
