package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.WaypointNamed.Found;
import dev.ambit.adapters.k8s.query.Query;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.GatewayFacts;
import dev.ambit.adapters.k8s.translate.GatewayFacts.Address;
import dev.ambit.adapters.k8s.translate.GatewayFacts.Attachment;
import dev.ambit.adapters.k8s.translate.GatewayFacts.ClassFacts;
import dev.ambit.adapters.k8s.translate.GatewayFacts.ListenerFacts;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.address.Ports;
import dev.ambit.domain.workload.ApplicationTunnel;
import dev.ambit.domain.workload.GatewayReference;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The waypoint of a name. A Gateway is one as soon as its status says where it is. */
record WaypointNamed(Rules rules, String namespace, String name) implements Query<Found> {
    /** Without a label, of the gateway or its class. */
    private static final String DEFAULT_TRAFFIC = "service";

    /** A sandwiched waypoint's listener for the PROXY protocol. */
    private static final String PROXY_LISTENER = "istio.io/PROXY";

    /** What is there. */
    sealed interface Found {
        /** It can be used. */
        record Ready(Waypoint waypoint) implements Found {}

        /** It is there, and cannot be reached yet. */
        record NotReady(String traffic) implements Found {}

        /** There is no such gateway. */
        record Unknown() implements Found {}
    }

    @Override
    public Found answer(Reading reading) {
        Optional<GatewayFacts> found = reading.read(Named.gateway(namespace, name));
        if (found.isEmpty()) {
            return new Found.Unknown();
        }
        GatewayFacts gateway = found.get();
        ClassFacts ofClass =
                reading.read(Named.gatewayClass(gateway.className())).orElse(ClassFacts.SILENT);
        String traffic = first(gateway.waypointFor(), ofClass.waypointFor(), DEFAULT_TRAFFIC);
        ApplicationTunnel tunnel = tunnel(first(gateway.inboundBinding(), ofClass.inboundBinding(), ""));
        return address(gateway, reading.read(new LocalNetwork(rules)))
                .<Found>map(address -> new Found.Ready(
                        new Waypoint(namespace, name, address, traffic, attachment(gateway, tunnel), tunnel)))
                .orElseGet(() -> new Found.NotReady(traffic));
    }

    private static String first(String... texts) {
        for (String text : texts) {
            if (!text.isEmpty()) {
                return text;
            }
        }
        return "";
    }

    /** A host name rather than an address: it stays when addresses change. */
    private static Optional<GatewayReference> address(GatewayFacts gateway, String network) {
        List<Address> addresses = gateway.addresses();
        Optional<GatewayReference> hostname = addresses.stream()
                .filter(Address::isHostname)
                .findFirst()
                .map(address -> new GatewayReference.ByHostname(
                        new NamespacedHostname(gateway.namespace(), address.value()), Rules.HBONE_PORT));
        return hostname.or(() -> addresses.stream()
                .filter(address -> !address.isHostname())
                .flatMap(address -> IpAddress.parse(address.value()).stream())
                .findFirst()
                .map(ip -> new GatewayReference.ByAddress(new NetworkAddress(network, ip), Rules.HBONE_PORT)));
    }

    /** {@code PROXY}, {@code NONE}, or one of them with {@code /port}; what cannot be read is as if it were not there. */
    private static ApplicationTunnel tunnel(String text) {
        int slash = text.indexOf('/');
        String protocol = slash < 0 ? text : text.substring(0, slash);
        Optional<Integer> port = slash < 0 ? Optional.of(0) : Ports.parse(text.substring(slash + 1));
        if (port.isEmpty()) {
            return ApplicationTunnel.ABSENT;
        }
        return switch (protocol) {
            case "PROXY" -> new ApplicationTunnel(ApplicationTunnel.Protocol.PROXY, port.get());
            case "NONE" -> new ApplicationTunnel(ApplicationTunnel.Protocol.NONE, port.get());
            default -> ApplicationTunnel.ABSENT;
        };
    }

    /** As the listener says that takes the traffic: the one of the sandwich, else HBONE's; else the own namespace. */
    private static Attachment attachment(GatewayFacts gateway, ApplicationTunnel tunnel) {
        return listener(gateway, listener -> isBound(listener, tunnel))
                .or(() -> listener(
                        gateway,
                        listener -> listener.protocol().equals("HBONE") && listener.port() == Rules.HBONE_PORT))
                .map(ListenerFacts::attachment)
                .orElseGet(Attachment.Same::new);
    }

    private static boolean isBound(ListenerFacts listener, ApplicationTunnel tunnel) {
        if (tunnel.port() != 0) {
            return listener.port() == tunnel.port();
        }
        return tunnel.protocol() == ApplicationTunnel.Protocol.PROXY
                && listener.protocol().equals(PROXY_LISTENER);
    }

    private static Optional<ListenerFacts> listener(GatewayFacts gateway, Predicate<ListenerFacts> test) {
        return gateway.listeners().stream().filter(test).findFirst();
    }

    @Override
    public int level() {
        return Rules.OF_SEVERAL;
    }
}
