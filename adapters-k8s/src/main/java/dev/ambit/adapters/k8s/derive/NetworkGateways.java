package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Query;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.GatewayFacts;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.workload.GatewayReference;
import java.util.List;
import java.util.Optional;

/**
 * The way into a network: the first address of the first gateway into it. Istio too uses but one of several.
 */
record NetworkGateways(Rules rules, String network) implements Query<GatewayReference> {

    /** One way into a network. */
    record Way(String address, int port) {}

    /**
     * The ways that a gateway offers: an address each, on the port of its HBONE listener. Here that is a gateway into another
     * network; in a remote cluster the one by which others come in, which takes tunnels on HBONE's own port whatever its
     * listener says, and so has none here, as in Istio.
     */
    static List<Way> of(GatewayFacts gateway, boolean remote) {
        String className = remote ? GatewayFacts.EAST_WEST_CLASS : GatewayFacts.REMOTE_CLASS;
        if (gateway.network().isEmpty() || !gateway.className().equals(className)) {
            return List.of();
        }
        return gateway.listeners().stream()
                .filter(listener ->
                        listener.protocol().equals("HBONE") && (remote ? listener.terminates() : listener.port() > 0))
                .findFirst()
                .map(listener -> gateway.addresses().stream()
                        .map(address -> new Way(address.value(), remote ? 0 : listener.port()))
                        .distinct()
                        .toList())
                .orElse(List.of());
    }

    @Override
    public GatewayReference answer(Reading reading) {
        for (ObjectKey key : reading.read(Members.gatewaysInto(network))) {
            Optional<GatewayFacts> gateway = reading.read(Named.gateway(key.namespace(), key.name()));
            List<Way> ways =
                    gateway.map(facts -> of(facts, rules.options().remote())).orElse(List.of());
            if (!ways.isEmpty() && ways.getFirst().port() > 0) {
                return reference(key.namespace(), ways.getFirst());
            }
        }
        return GatewayReference.none();
    }

    private GatewayReference reference(String namespace, Way way) {
        return IpAddress.parse(way.address())
                .<GatewayReference>map(
                        ip -> new GatewayReference.ByAddress(new NetworkAddress(network, ip), way.port()))
                .orElseGet(() ->
                        new GatewayReference.ByHostname(new NamespacedHostname(namespace, way.address()), way.port()));
    }

    @Override
    public int level() {
        return Rules.OF_ONE_KIND;
    }
}
