package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.ApplicationTunnel;
import dev.ambit.domain.workload.Workload;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where in the local workload a tunnel stream goes. Always to one of the workload's own addresses: what the CONNECT asks
 * for only says which port, so no caller reaches loopback or a third party through the pod.
 */
final class LocalTarget {

    /** Found or refused. */
    sealed interface Result {
        /**
         * The port to connect to.
         *
         * @param announced what an application that speaks the PROXY protocol is told the caller asked for
         */
        record Found(IpPort destination, Optional<IpPort> announced) implements Result {}

        record Refused(RefusalReason reason) implements Result {}
    }

    private final MeshView view;
    private final String network;
    private final Workload local;
    private final InboundAttempt.Hbone attempt;
    private final ProxyPorts ports;

    LocalTarget(MeshView view, String network, Workload local, InboundAttempt.Hbone attempt, ProxyPorts ports) {
        this.view = view;
        this.network = network;
        this.local = local;
        this.attempt = attempt;
        this.ports = ports;
    }

    Result find() {
        return switch (Authority.parse(attempt.authority())) {
            case Authority.Malformed(String why) ->
                new Result.Refused(new RefusalReason.MalformedRequest(Authority.shown(attempt.authority()), why));
            case Authority.Address(IpPort asked) -> address(asked);
            case Authority.Host(String hostname, int port) -> host(hostname, port);
        };
    }

    private Result address(IpPort asked) {
        IpAddress arrived = attempt.local().ip();
        boolean meant = asked.ip().equals(arrived) || local.applicationTunnel().isPresent() || isBefore(asked.ip());
        return meant
                ? atPort(OptionalInt.of(asked.port()), Optional.of(asked))
                : new Result.Refused(new RefusalReason.AddressMismatch(asked.ip(), arrived));
    }

    /**
     * Whether the local workload is a waypoint of what has this address. The callers decided which of several they meant,
     * and may see services of their namespace that this one cannot.
     */
    private boolean isBefore(IpAddress asked) {
        var address = new NetworkAddress(network, asked);
        return view.servicesAt(address).stream().anyMatch(service -> Gateways.isWaypointOf(view, local, service))
                || view.workloadAt(address)
                        .filter(workload -> Gateways.includes(view, workload.waypoint(), local))
                        .isPresent();
    }

    /** A service that this workload serves, or stands before. */
    private Result host(String hostname, int port) {
        return serviceOf(view, local, hostname)
                .or(() -> view.serviceByHostname(hostname, local.namespace())
                        .filter(service ->
                                local.applicationTunnel().isPresent() || Gateways.isWaypointOf(view, local, service)))
                .map(service -> atPort(
                        EndpointChoice.portOf(service, local, port),
                        addressOf(service).map(ip -> new IpPort(ip, port))))
                .orElseGet(this::unknown);
    }

    /** The PROXY protocol has no room for a name: an address of this network stands for it, of IPv4 if there is one. */
    private Optional<IpAddress> addressOf(MeshService service) {
        return service.addresses().stream()
                .filter(VirtualAddress::isHost)
                .map(VirtualAddress::address)
                .min(Comparator.comparing(
                                (NetworkAddress address) -> !address.network().equals(network))
                        .thenComparing(address -> !address.ip().isV4()))
                .map(NetworkAddress::ip);
    }

    private Result atPort(OptionalInt asked, Optional<IpPort> meant) {
        ApplicationTunnel tunnel = local.applicationTunnel();
        OptionalInt port = tunnel.port() > 0 ? OptionalInt.of(tunnel.port()) : asked;
        if (port.isEmpty() || (asked.isPresent() && ports.contains(asked.getAsInt()))) {
            return unknown();
        }
        return switch (tunnel.protocol()) {
            case ABSENT, NONE -> at(port.getAsInt(), Optional.empty());
            case PROXY ->
                meant.isPresent()
                        ? at(port.getAsInt(), meant)
                        : new Result.Refused(new RefusalReason.NotSupported("the PROXY protocol for "
                                + Authority.shown(attempt.authority()) + ", which has no address to announce"));
        };
    }

    private Result at(int port, Optional<IpPort> announced) {
        Optional<IpAddress> address = ownAddress();
        return address.isEmpty() || ports.contains(port)
                ? unknown()
                : new Result.Found(new IpPort(address.get(), port), announced);
    }

    /** The address the tunnel arrived at, if it is the workload's, which leaves out loopback; else one of its own. */
    private Optional<IpAddress> ownAddress() {
        IpAddress arrived = attempt.local().ip();
        if (local.hasAddress(arrived)) {
            return Optional.of(arrived);
        }
        return local.addresses().stream()
                .filter(address -> address.family() == arrived.family())
                .findFirst()
                .or(() -> local.addresses().stream().findFirst());
    }

    private Result unknown() {
        return new Result.Refused(new RefusalReason.DestinationUnknown(Authority.shown(attempt.authority())));
    }

    /** The service of this host name that the workload serves; its own namespace's first. */
    static Optional<MeshService> serviceOf(MeshView view, Workload workload, String hostname) {
        return workload.services().keySet().stream()
                .filter(key -> key.hostname().equalsIgnoreCase(hostname))
                .sorted(Comparator.comparing(
                        key -> key.namespace().equals(workload.namespace()) ? "" : key.namespace()))
                .flatMap(key -> view.service(key).stream())
                .findFirst();
    }

    /** The first service, by name, of which this is a target port of the workload. */
    static Optional<MeshService> serviceAtPort(MeshView view, Workload workload, int targetPort) {
        return workload.services().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(entry -> view
                        .service(entry.getKey())
                        .filter(service -> entry.getValue().targets().containsValue(targetPort)
                                || service.ports().stream().anyMatch(port -> port.targetPort() == targetPort))
                        .stream())
                .findFirst();
    }
}
