package dev.ambit.domain.flow;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.WeightedWaypoint;
import dev.ambit.domain.view.AddressOwner;
import dev.ambit.domain.view.MeshName;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The names of the mesh that a decision about a connection rests on, as far as a view can tell: for a proxy that is not
 * told of everything. Whoever has learnt what these names mean asks again with the newer view, until there are no others.
 * Never more than {@link #NAMES_MAX}; what is beyond is not asked for, and then planned as unknown.
 */
public final class NeededNames {
    /** Many more than a service has waypoints and a workload has services. */
    public static final int NAMES_MAX = 64;

    private final String network;
    private final String cluster;

    /**
     * Names as one node's proxy sees them.
     *
     * @param network of the proxy
     * @param cluster the id of the cluster whose pods it serves
     */
    public NeededNames(String network, String cluster) {
        this.network = network;
        this.cluster = cluster;
    }

    /** The workload of a pod, as its uid names it. */
    public MeshName of(PodRef pod) {
        return new MeshName.OfWorkload(WorkloadUid.ofPod(cluster, pod.namespace(), pod.name()));
    }

    /** What a pod's own connection rests on: whom it dialled, waypoints before that, gateways on the way. */
    public Set<MeshName> outbound(MeshView view, OutboundAttempt attempt) {
        var names = new Collected(view);
        names.addUnknown(attempt.source());
        if (!attempt.destination().ip().isLoopback()) {
            names.addOwner(
                    new NetworkAddress(network, attempt.destination().ip()), namespaceOf(view, attempt.source()));
        }
        return names.all;
    }

    /** What a connection to a pod rests on: the pod's services, who calls, and whom the CONNECT names instead. */
    public Set<MeshName> inbound(MeshView view, InboundAttempt attempt) {
        var names = new Collected(view);
        names.addUnknown(attempt.destination());
        Optional<Workload> local = view.workloadOf(attempt.destination());
        if (attempt instanceof InboundAttempt.Hbone hbone) {
            named(names, hbone, local);
            if (!hbone.headers().isFromElsewhere(network)) {
                names.add(address(attempt));
            }
        } else {
            names.add(address(attempt));
        }
        local.ifPresent(workload ->
                workload.services().keySet().forEach(service -> names.add(new MeshName.OfHostname(service))));
        return names.all;
    }

    private void named(Collected names, InboundAttempt.Hbone attempt, Optional<Workload> local) {
        String namespace = attempt.destination().namespace();
        switch (Authority.parse(attempt.authority())) {
            case Authority.Address(var asked) -> {
                boolean own = asked.ip().equals(attempt.local().ip());
                if (!own && local.filter(NeededNames::takesAnyAddress).isEmpty()) {
                    names.addOwner(new NetworkAddress(network, asked.ip()), namespace);
                }
            }
            case Authority.Host(String hostname, int _) -> {
                boolean serves = local.stream()
                        .flatMap(workload -> workload.services().keySet().stream())
                        .anyMatch(service -> service.hostname().equalsIgnoreCase(hostname));
                if (!serves) {
                    names.addService(new NamespacedHostname(namespace, hostname));
                }
            }
            case Authority.Malformed _ -> {}
        }
    }

    private static boolean takesAnyAddress(Workload workload) {
        return workload.applicationTunnel().isPresent();
    }

    private MeshName address(InboundAttempt attempt) {
        return new MeshName.OfAddress(
                new NetworkAddress(network, attempt.client().ip()));
    }

    private static String namespaceOf(MeshView view, PodRef pod) {
        return view.workloadOf(pod).map(Workload::namespace).orElse(pod.namespace());
    }

    /** What has been found, and the view it is found in. */
    private final class Collected {
        private final MeshView view;
        private final Set<MeshName> all = new LinkedHashSet<>();

        Collected(MeshView view) {
            this.view = view;
        }

        void add(MeshName name) {
            if (all.size() < NAMES_MAX) {
                all.add(name);
            }
        }

        void addUnknown(PodRef pod) {
            if (view.workloadOf(pod).isEmpty()) {
                add(of(pod));
            }
        }

        void addOwner(NetworkAddress address, String namespace) {
            add(new MeshName.OfAddress(address));
            switch (view.ownerOf(address, namespace)) {
                case AddressOwner.OfService(MeshService service) -> addWayTo(service, namespace);
                case AddressOwner.OfWorkload(Workload workload) -> addGateway(workload.waypoint(), namespace);
                case AddressOwner.Nobody() -> {}
            }
        }

        void addService(NamespacedHostname hostname) {
            add(new MeshName.OfHostname(hostname));
            view.service(hostname).ifPresent(service -> addWayTo(service, hostname.namespace()));
        }

        private void addWayTo(MeshService service, String namespace) {
            addGateway(service.waypoint(), namespace);
            for (WeightedWaypoint weighted : service.weightedWaypoints()) {
                addGateway(weighted.destination(), namespace);
            }
            view.forEachEndpoint(service, this::addNetworkGateway);
        }

        /** A waypoint, and if it is in another network the gateway to there. */
        private void addGateway(GatewayReference reference, String namespace) {
            switch (reference) {
                case GatewayReference.None() -> {}
                case GatewayReference.ByHostname(var hostname, int _) -> {
                    add(new MeshName.OfHostname(hostname));
                    view.service(hostname)
                            .ifPresentOrElse(
                                    service -> view.forEachEndpoint(service, this::addNetworkGateway),
                                    () -> view.workloadNamed(hostname).ifPresent(this::addNetworkGateway));
                }
                case GatewayReference.ByAddress(var address, int _) -> {
                    add(new MeshName.OfAddress(address));
                    switch (view.ownerOf(address, namespace)) {
                        case AddressOwner.OfService(MeshService service) ->
                            view.forEachEndpoint(service, this::addNetworkGateway);
                        case AddressOwner.OfWorkload(Workload workload) -> addNetworkGateway(workload);
                        case AddressOwner.Nobody() -> {}
                    }
                }
            }
        }

        private void addNetworkGateway(Workload workload) {
            if (workload.network().equals(network)) {
                return;
            }
            switch (workload.networkGateway()) {
                case GatewayReference.None() -> {}
                case GatewayReference.ByHostname(var hostname, int _) -> add(new MeshName.OfHostname(hostname));
                case GatewayReference.ByAddress(var address, int _) -> add(new MeshName.OfAddress(address));
            }
        }
    }
}
