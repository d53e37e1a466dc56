package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.LoadBalancing.Scope;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.Workload;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses an endpoint of a service: of those that can be used the ones that the routing preferences put first, of these
 * one at random, weighted by capacity. One pass, no list.
 */
final class EndpointChoice implements Consumer<Workload> {

    /** A workload and the port at which it serves what the caller asked for. */
    record Endpoint(Workload workload, int port) {}

    private final Caller caller;
    private final MeshService service;
    private final int servicePort;
    private final boolean asWaypoint;
    private final RandomGenerator random;

    private int bestRank = -1;
    private long capacity;
    private @Nullable Endpoint chosen;

    /**
     * Who asks.
     *
     * @param network the network of the caller's proxy
     * @param family the address family the caller uses
     */
    record Caller(Workload workload, String network, IpAddress.Family family) {
        Caller speaking(IpAddress.Family other) {
            return new Caller(workload, network, other);
        }
    }

    private EndpointChoice(
            Caller caller, MeshService service, int servicePort, boolean asWaypoint, RandomGenerator random) {
        this.caller = caller;
        this.service = service;
        this.servicePort = servicePort;
        this.asWaypoint = asWaypoint;
        this.random = random;
    }

    /** An endpoint to send the caller's traffic to. */
    static Optional<Endpoint> ofService(
            MeshView view, Caller caller, MeshService service, int servicePort, RandomGenerator random) {
        return choose(view, new EndpointChoice(caller, service, servicePort, false, random));
    }

    /** As {@link #ofService}; for an endpoint that speaks a tunnel protocol the service need not have the port. */
    static Optional<Endpoint> ofWaypoint(
            MeshView view, Caller caller, MeshService service, int servicePort, RandomGenerator random) {
        return choose(view, new EndpointChoice(caller, service, servicePort, true, random));
    }

    private static Optional<Endpoint> choose(MeshView view, EndpointChoice choice) {
        view.forEachEndpoint(choice.service, choice);
        return Optional.ofNullable(choice.chosen);
    }

    @Override
    public void accept(Workload candidate) {
        OptionalInt port = port(candidate);
        if (candidate.capacity() == 0 || port.isEmpty() || !isReachable(candidate)) {
            return;
        }
        int rank = rank(candidate);
        if (rank < 0 || rank < bestRank) {
            return;
        }
        if (rank > bestRank) {
            bestRank = rank;
            capacity = 0;
        }
        capacity += candidate.capacity();
        if (capacity == candidate.capacity() || random.nextLong(capacity) < candidate.capacity()) {
            chosen = new Endpoint(candidate, port.getAsInt());
        }
    }

    /** An endpoint may know a port that its service has no longer; only the service says what it offers. */
    private OptionalInt port(Workload candidate) {
        boolean offered = service.port(servicePort).isPresent();
        boolean tunnels = asWaypoint && candidate.applicationTunnel().isPresent();
        if (!offered && !tunnels) {
            return OptionalInt.empty();
        }
        OptionalInt port = portOf(service, candidate, servicePort);
        return port.isEmpty() && tunnels && candidate.applicationTunnel().port() > 0
                ? OptionalInt.of(servicePort)
                : port;
    }

    /** Where an endpoint serves a port of its service; empty if neither of them says. */
    static OptionalInt portOf(MeshService service, Workload endpoint, int servicePort) {
        var ports = endpoint.services().get(service.key());
        OptionalInt mapped = ports == null ? OptionalInt.empty() : ports.target(servicePort);
        if (mapped.isPresent()) {
            return mapped;
        }
        int target = service.port(servicePort).map(ServicePort::targetPort).orElse(0);
        return target > 0 ? OptionalInt.of(target) : OptionalInt.empty();
    }

    private boolean isReachable(Workload candidate) {
        return candidate.network().equals(caller.network)
                ? locationOf(candidate, service, caller.family).isPresent()
                : !candidate.addresses().isEmpty()
                        || !candidate.hostname().isEmpty()
                        || candidate.networkGateway().isPresent();
    }

    /** The address to use, of a family that the service speaks, preferably the caller's; else the host name. */
    static Optional<Location> locationOf(Workload endpoint, MeshService service, IpAddress.Family preferred) {
        return addressOf(endpoint, service.ipFamilies(), preferred)
                .<Location>map(Location.At::new)
                .or(() -> named(endpoint));
    }

    /** As for a service that speaks every family. */
    static Optional<Location> locationOf(Workload endpoint, IpAddress.Family preferred) {
        return addressOf(endpoint, IpFamilies.AUTOMATIC, preferred)
                .<Location>map(Location.At::new)
                .or(() -> named(endpoint));
    }

    private static Optional<Location> named(Workload endpoint) {
        return endpoint.hostname().isEmpty() ? Optional.empty() : Optional.of(new Location.Named(endpoint.hostname()));
    }

    private static Optional<IpAddress> addressOf(Workload endpoint, IpFamilies families, IpAddress.Family preferred) {
        IpAddress other = null;
        for (IpAddress address : endpoint.addresses()) {
            if (families.allows(address.family())) {
                if (address.family() == preferred) {
                    return Optional.of(address);
                }
                other = other == null ? address : other;
            }
        }
        return Optional.ofNullable(other);
    }

    /** How far up the routing preferences put a candidate; negative if they exclude it. */
    private int rank(Workload candidate) {
        List<Scope> preference = service.loadBalancing().routingPreference();
        boolean networkFirst = !preference.isEmpty() && preference.getFirst() == Scope.NETWORK;
        // Leaving one's network is worse than anything, yet remote endpoints are still ranked by what comes after it.
        List<Scope> scopes = networkFirst ? preference.subList(1, preference.size()) : preference;
        int agreed = 0;
        while (agreed < scopes.size() && agrees(scopes.get(agreed), candidate)) {
            agreed++;
        }
        boolean local = networkFirst && agrees(Scope.NETWORK, candidate);
        return switch (service.loadBalancing().mode()) {
            case STANDARD, PASSTHROUGH -> 0;
            case STRICT -> agreed == scopes.size() && local == networkFirst ? 0 : -1;
            case FAILOVER -> local ? agreed + preference.size() : agreed;
        };
    }

    private boolean agrees(Scope scope, Workload candidate) {
        Workload source = caller.workload;
        return switch (scope) {
            case REGION ->
                source.locality().region().equals(candidate.locality().region());
            case ZONE -> source.locality().zone().equals(candidate.locality().zone());
            case SUBZONE ->
                source.locality().subzone().equals(candidate.locality().subzone());
            case NODE -> source.node().equals(candidate.node());
            case CLUSTER -> source.clusterId().equals(candidate.clusterId());
            case NETWORK -> source.network().equals(candidate.network());
        };
    }

    /** How a candidate of a service stands, by the very conditions of {@link #accept}. */
    static Standing standing(Caller caller, MeshService service, int servicePort, Workload candidate) {
        var choice = new EndpointChoice(caller, service, servicePort, false, () -> 0);
        return new Standing(
                choice.port(candidate),
                candidate.capacity() > 0,
                choice.isReachable(candidate),
                choice.rank(candidate));
    }

    /**
     * What {@link #accept} looks at.
     *
     * @param rank compared with the best of those that are usable; negative if the preferences exclude the candidate
     */
    record Standing(OptionalInt port, boolean hasCapacity, boolean reachable, int rank) {
        boolean usable() {
            return port.isPresent() && hasCapacity && reachable && rank >= 0;
        }

        /** Why it cannot be chosen; empty if it can. */
        String why(int servicePort, int bestRank) {
            if (port.isEmpty()) {
                return "does not serve port " + servicePort;
            }
            if (!hasCapacity) {
                return "has no capacity";
            }
            if (!reachable) {
                return "has no address to reach it by";
            }
            if (rank < 0) {
                return "differs in a routing preference, which is strict";
            }
            return rank < bestRank ? "agrees in fewer routing preferences than others" : "";
        }
    }
}
