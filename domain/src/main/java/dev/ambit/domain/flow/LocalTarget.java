package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.AddressOwner;
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
        record Found(IpPort destination) implements Result {}

        record Refused(RefusalReason reason) implements Result {}
    }

    private final MeshView view;
    private final String network;
    private final Workload local;
    private final InboundAttempt.Hbone attempt;

    LocalTarget(MeshView view, String network, Workload local, InboundAttempt.Hbone attempt) {
        this.view = view;
        this.network = network;
        this.local = local;
        this.attempt = attempt;
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
                ? atPort(asked.port())
                : new Result.Refused(new RefusalReason.AddressMismatch(asked.ip(), arrived));
    }

    /** Whether the local workload is a waypoint of what has this address. */
    private boolean isBefore(IpAddress asked) {
        return switch (view.ownerOf(new NetworkAddress(network, asked), local.namespace())) {
            case AddressOwner.OfService(MeshService service) -> Gateways.isWaypointOf(view, local, service);
            case AddressOwner.OfWorkload(Workload workload) -> Gateways.includes(view, workload.waypoint(), local);
            case AddressOwner.Nobody() -> false;
        };
    }

    private Result host(String hostname, int port) {
        Optional<MeshService> served = serviceOf(view, local, hostname);
        if (served.isPresent()) {
            OptionalInt target = EndpointChoice.portOf(served.get(), local, port);
            return target.isPresent() ? atPort(target.getAsInt()) : unknown();
        }
        boolean meant = view.serviceByHostname(hostname, local.namespace())
                .filter(service -> local.applicationTunnel().isPresent() || Gateways.isWaypointOf(view, local, service))
                .isPresent();
        return meant ? atPort(port) : unknown();
    }

    private Result atPort(int asked) {
        ApplicationTunnel tunnel = local.applicationTunnel();
        return switch (tunnel.protocol()) {
            case ABSENT -> at(asked);
            case NONE -> at(tunnel.port() > 0 ? tunnel.port() : asked);
            case PROXY ->
                new Result.Refused(new RefusalReason.NotSupported(
                        "application tunnel of " + local.uid() + " with the PROXY protocol"));
        };
    }

    private Result at(int port) {
        Optional<IpAddress> address = ownAddress();
        return address.isEmpty() || ProxyPorts.contains(port)
                ? unknown()
                : new Result.Found(new IpPort(address.get(), port));
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
