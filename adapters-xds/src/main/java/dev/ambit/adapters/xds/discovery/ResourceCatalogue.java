package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.proto.discovery.Resource;
import dev.ambit.adapters.xds.wire.ResourceDecoder;
import dev.ambit.adapters.xds.wire.ResourceEncoder;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshName;
import dev.ambit.domain.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every resource there is, each encoded once for all subscribers, and the names by which it may be asked for.
 *
 * <p>Changes are applied, and marked with every subscriber, under the write lock; subscribers collect what they send under
 * the read lock. So nobody ever sends a workload of one batch without having marked the policies of the same batch. Lock
 * order: this lock, then a subscriber's own.
 */
final class ResourceCatalogue {

    /** What kind of thing a name belongs to. */
    enum Kind {
        WORKLOAD,
        SERVICE,
        POLICY;

        boolean isServedAs(String typeUrl) {
            return switch (this) {
                case WORKLOAD -> typeUrl.equals(TypeUrl.ADDRESS) || typeUrl.equals(TypeUrl.WORKLOAD);
                case SERVICE -> typeUrl.equals(TypeUrl.ADDRESS);
                case POLICY -> typeUrl.equals(TypeUrl.AUTHORIZATION);
            };
        }
    }

    /**
     * A name whose resource appeared, changed or went.
     *
     * @param related other names by which a subscriber may have asked for it, before or after: addresses, its services
     * @param node where the workload runs, before or after; else empty
     */
    record Touched(Kind kind, String name, Set<String> related, String node) {}

    private static final class Entry {
        private final Kind kind;
        private final Resource resource;
        private final Set<String> related;
        /** What stands before it, by name: without that a connection to it cannot be planned. */
        private final Set<String> gateways;

        private final @Nullable Workload workload;
        private volatile @Nullable Resource asWorkload;

        Entry(Kind kind, Resource resource, Set<String> related, Set<String> gateways, @Nullable Workload workload) {
            this.kind = kind;
            this.resource = resource;
            this.related = related;
            this.gateways = gateways;
            this.workload = workload;
        }

        String node() {
            return workload == null ? "" : workload.node();
        }

        /** The form without services is rarely asked for, so it is encoded at the first demand. */
        Resource as(String typeUrl) {
            if (!typeUrl.equals(TypeUrl.WORKLOAD) || workload == null) {
                return resource;
            }
            Resource encoded = asWorkload;
            if (encoded == null) {
                encoded = ResourceEncoder.workload(workload);
                asWorkload = encoded;
            }
            return encoded;
        }
    }

    /** A waypoint, and the gateway of its network; more would be a loop. */
    private static final int GATEWAYS_DEEP = 2;

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Map<String, Entry> addresses = new HashMap<>();
    private final Map<String, Entry> policies = new HashMap<>();
    /** From {@code network/ip} and {@code namespace/hostname} to the workloads and services that go by it. */
    private final Map<String, Set<String>> byRelated = new HashMap<>();

    /** Runs with the catalogue as it is and stays. */
    <T> T reading(Supplier<T> action) {
        lock.readLock().lock();
        try {
            return action.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Applies a batch and hands what it touched to {@code marked} before anybody can read. */
    void apply(List<MeshChange> changes, Consumer<List<Touched>> marked) {
        lock.writeLock().lock();
        try {
            var touched = new ArrayList<Touched>(changes.size());
            for (MeshChange change : changes) {
                touched.add(apply(change));
            }
            marked.accept(touched);
        } finally {
            lock.writeLock().unlock();
        }
    }

    private Touched apply(MeshChange change) {
        String name = ResourceDecoder.name(change);
        return switch (change) {
            case MeshChange.WorkloadUpserted(Workload workload) -> put(name, entry(workload));
            case MeshChange.ServiceUpserted(MeshService service) -> {
                Resource resource = ResourceEncoder.address(service);
                yield put(
                        name,
                        new Entry(
                                Kind.SERVICE,
                                resource,
                                Set.copyOf(resource.getAliasesList()),
                                GatewayNames.of(service),
                                null));
            }
            case MeshChange.PolicyUpserted(AuthorizationPolicy policy) ->
                put(name, new Entry(Kind.POLICY, ResourceEncoder.authorization(policy), Set.of(), Set.of(), null));
            case MeshChange.WorkloadRemoved _ -> remove(name, Kind.WORKLOAD);
            case MeshChange.ServiceRemoved _ -> remove(name, Kind.SERVICE);
            case MeshChange.PolicyRemoved _ -> remove(name, Kind.POLICY);
        };
    }

    private static Entry entry(Workload workload) {
        Resource resource = ResourceEncoder.address(workload);
        var related = new HashSet<String>(resource.getAliasesList());
        for (NamespacedHostname service : workload.services().keySet()) {
            related.add(service.toString());
        }
        MeshName.of(workload).forEach(name -> related.add(name.toString()));
        related.remove(resource.getName());
        return new Entry(Kind.WORKLOAD, resource, Set.copyOf(related), GatewayNames.of(workload), workload);
    }

    private Touched put(String name, Entry entry) {
        Entry before = of(entry.kind).put(name, entry);
        unrelate(name, before);
        for (String other : entry.related) {
            byRelated.computeIfAbsent(other, _ -> new LinkedHashSet<>()).add(name);
        }
        return touched(entry.kind, name, before, entry);
    }

    private Touched remove(String name, Kind kind) {
        Entry before = of(kind).remove(name);
        unrelate(name, before);
        return touched(kind, name, before, null);
    }

    private void unrelate(String name, @Nullable Entry entry) {
        if (entry == null) {
            return;
        }
        for (String other : entry.related) {
            byRelated.computeIfPresent(other, (_, names) -> {
                names.remove(name);
                return names.isEmpty() ? null : names;
            });
        }
    }

    private static Touched touched(Kind kind, String name, @Nullable Entry before, @Nullable Entry after) {
        var related = new HashSet<String>();
        String node = "";
        for (Entry entry : new Entry[] {before, after}) {
            if (entry != null) {
                related.addAll(entry.related);
                node = entry.node();
            }
        }
        return new Touched(kind, name, related, node);
    }

    private Map<String, Entry> of(Kind kind) {
        return kind == Kind.POLICY ? policies : addresses;
    }

    private Map<String, Entry> of(String typeUrl) {
        return typeUrl.equals(TypeUrl.AUTHORIZATION) ? policies : addresses;
    }

    /** The resource of exactly this name. Only while {@link #reading}. */
    Optional<Resource> find(String typeUrl, String name) {
        Entry entry = of(typeUrl).get(name);
        return entry == null || !entry.kind.isServedAs(typeUrl) ? Optional.empty() : Optional.of(entry.as(typeUrl));
    }

    /** How many resources there are, of whatever kind the type has. Only while {@link #reading}. */
    int size(String typeUrl) {
        return of(typeUrl).size();
    }

    /** Every name of a type. Only while {@link #reading}. */
    Set<String> names(String typeUrl) {
        var names = new LinkedHashSet<String>();
        of(typeUrl).forEach((name, entry) -> {
            if (entry.kind.isServedAs(typeUrl)) {
                names.add(name);
            }
        });
        return names;
    }

    /**
     * The resources that an asked-for name means: itself, whatever has it as an address, for a service the workloads
     * behind it, and the waypoints and network gateways before any of these, without which a proxy could not use them.
     * Empty if nothing goes by that name. Only while {@link #reading}.
     */
    Set<String> resolve(String typeUrl, String asked) {
        var names = new LinkedHashSet<String>();
        resolve(typeUrl, asked, names, GATEWAYS_DEEP);
        return names;
    }

    private void resolve(String typeUrl, String asked, Set<String> names, int deep) {
        addIfServed(typeUrl, asked, names);
        var meant = new LinkedHashSet<String>(byRelated.getOrDefault(asked, Set.of()));
        for (String name : List.copyOf(meant)) {
            Entry entry = addresses.get(name);
            if (entry != null && entry.kind == Kind.SERVICE) {
                meant.addAll(byRelated.getOrDefault(name, Set.of()));
            }
        }
        meant.forEach(name -> addIfServed(typeUrl, name, names));
        meant.add(asked);
        if (deep > 0) {
            var gateways = new LinkedHashSet<String>();
            for (String name : meant) {
                Entry entry = addresses.get(name);
                if (entry != null) {
                    gateways.addAll(entry.gateways);
                }
            }
            gateways.stream()
                    .filter(gateway -> !names.contains(gateway))
                    .forEach(gateway -> resolve(typeUrl, gateway, names, deep - 1));
        }
    }

    private void addIfServed(String typeUrl, String name, Set<String> names) {
        if (find(typeUrl, name).isPresent()) {
            names.add(name);
        }
    }

    /** The workloads of a node. Only while {@link #reading}. */
    Set<String> onNode(String node) {
        var names = new LinkedHashSet<String>();
        addresses.forEach((name, entry) -> {
            if (entry.kind == Kind.WORKLOAD && entry.node().equals(node)) {
                names.add(name);
            }
        });
        return names;
    }

    /** Whether a service goes by this name. Only while {@link #reading}. */
    boolean isService(String name) {
        Entry entry = addresses.get(name);
        return entry != null && entry.kind == Kind.SERVICE;
    }
}
