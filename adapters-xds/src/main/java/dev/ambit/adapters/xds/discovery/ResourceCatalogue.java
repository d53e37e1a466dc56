package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.wire.ResourceDecoder;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.Workload;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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

    /** A waypoint, and the gateway of its network; more would be a loop. */
    private static final int GATEWAYS_DEEP = 2;

    /** Graves that may lie around before somebody looks whether all subscribers have read of them. */
    private static final int GRAVES_TOLERATED = 1_000;

    /** How many more graves than resources there may be: what a subscriber that does not keep up costs at most. */
    private static final int GRAVES_BEYOND_MAX = 20_000;

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final ChangeLog addresses = new ChangeLog();
    private final ChangeLog policies = new ChangeLog();
    private final SharedBatches batches = new SharedBatches();
    private @Nullable NameIndex index;

    /** Runs with the catalogue as it is and stays. */
    <T> T reading(Supplier<T> action) {
        lock.readLock().lock();
        try {
            return action.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Has the names ready by which resources can be asked for, from now on. Not while {@link #reading}. */
    void serveNames() {
        lock.writeLock().lock();
        try {
            if (index == null) {
                var made = new NameIndex();
                addresses.since(0, place -> {
                    CatalogueEntry entry = place.entry();
                    if (entry != null) {
                        made.add(place.name(), entry.related());
                    }
                });
                index = made;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Applies a batch and hands what it touched to {@code marked} before anybody can read; nothing while nobody asks by name. */
    void apply(List<MeshChange> changes, Consumer<List<Touched>> marked) {
        lock.writeLock().lock();
        try {
            var touched = new ArrayList<Touched>(index == null ? 0 : changes.size());
            for (MeshChange change : changes) {
                apply(change, touched);
            }
            marked.accept(touched);
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void apply(MeshChange change, List<Touched> touched) {
        String name = ResourceDecoder.name(change);
        switch (change) {
            case MeshChange.WorkloadUpserted(Workload workload) -> put(name, CatalogueEntry.of(workload), touched);
            case MeshChange.ServiceUpserted(MeshService service) -> put(name, CatalogueEntry.of(service), touched);
            case MeshChange.PolicyUpserted(AuthorizationPolicy policy) -> put(name, CatalogueEntry.of(policy), touched);
            case MeshChange.WorkloadRemoved _ -> remove(name, Kind.WORKLOAD, touched);
            case MeshChange.ServiceRemoved _ -> remove(name, Kind.SERVICE, touched);
            case MeshChange.PolicyRemoved _ -> remove(name, Kind.POLICY, touched);
        }
    }

    private void put(String name, CatalogueEntry entry, List<Touched> touched) {
        ChangeLog log = of(entry.kind());
        CatalogueEntry present = log.get(name);
        if (present != null && present.isSentAs(entry)) {
            // Derived anew and no different on the wire.
            log.replace(name, entry);
        } else {
            log.put(name, entry);
        }
        note(name, entry.kind(), present, entry, touched);
    }

    private void remove(String name, Kind kind, List<Touched> touched) {
        note(name, kind, of(kind).remove(name), null, touched);
    }

    private void note(
            String name,
            Kind kind,
            @Nullable CatalogueEntry before,
            @Nullable CatalogueEntry after,
            List<Touched> touched) {
        if (index == null) {
            return;
        }
        var related = new HashSet<String>();
        String node = "";
        if (before != null) {
            related.addAll(before.related());
            index.remove(name, before.related());
            node = before.node();
        }
        if (after != null) {
            related.addAll(after.related());
            index.add(name, after.related());
            node = after.node();
        }
        touched.add(new Touched(kind, name, related, node));
    }

    private ChangeLog of(Kind kind) {
        return kind == Kind.POLICY ? policies : addresses;
    }

    /** The resources of a type, and of related ones, in the order of their changes. Only while {@link #reading}. */
    ChangeLog log(String typeUrl) {
        return typeUrl.equals(TypeUrl.AUTHORIZATION) ? policies : addresses;
    }

    /**
     * Forgets removals that everybody has read of, and the oldest of far too many.
     *
     * @return whether there were far too many, so that some subscribers have not read of what is forgotten now
     */
    boolean tidy(String typeUrl, LongSupplier readByAll) {
        lock.writeLock().lock();
        try {
            ChangeLog log = log(typeUrl);
            if (log.graves() <= GRAVES_TOLERATED) {
                return false;
            }
            log.forget(readByAll.getAsLong());
            int most = log.size() + GRAVES_BEYOND_MAX;
            boolean tooMany = log.graves() > most;
            log.forgetBeyond(most);
            return tooMany;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /**
     * What changed of a type, the same object for everybody who stands at the same place. Only while {@link #reading}.
     *
     * @param upsertsAfter the number up to which resources have been read
     * @param removalsAfter the number up to which removals have been read, or the latest to leave removals out
     */
    Batch since(String typeUrl, long upsertsAfter, long removalsAfter) {
        ChangeLog log = log(typeUrl);
        return batches.get(new SharedBatches.Range(typeUrl, upsertsAfter, removalsAfter, log.latest()), () -> {
            var batch = new Batch.Builder();
            log.since(Math.min(upsertsAfter, removalsAfter), place -> {
                CatalogueEntry entry = place.entry();
                if (!place.kind().isServedAs(typeUrl)) {
                    return;
                }
                if (entry == null) {
                    if (place.at() > removalsAfter) {
                        batch.remove(place.name());
                    }
                } else if (place.at() > upsertsAfter) {
                    batch.add(entry.as(typeUrl).resource());
                }
            });
            return batch.build();
        });
    }

    /** The resource of exactly this name; null if there is none. Only while {@link #reading}. */
    CatalogueEntry.@Nullable Encoded find(String typeUrl, String name) {
        CatalogueEntry entry = log(typeUrl).get(name);
        return entry == null || !entry.kind().isServedAs(typeUrl) ? null : entry.as(typeUrl);
    }

    /** How many resources there are, of whatever kind the type has. Only while {@link #reading}. */
    int size(String typeUrl) {
        return log(typeUrl).size();
    }

    /**
     * The resources that an asked-for name means: itself, whatever has it as an address, for a service the workloads
     * behind it, and the waypoints and network gateways before any of these, without which a proxy could not use them.
     * Empty if nothing goes by that name. Only while {@link #reading}, after {@link #serveNames}.
     */
    Set<String> resolve(String typeUrl, String asked) {
        if (index == null) {
            throw new IllegalStateException("names are not served yet");
        }
        var names = new LinkedHashSet<String>();
        resolve(index, typeUrl, asked, names, GATEWAYS_DEEP);
        return names;
    }

    private void resolve(NameIndex by, String typeUrl, String asked, Set<String> names, int deep) {
        addIfServed(typeUrl, asked, names);
        var meant = new LinkedHashSet<String>(by.of(asked));
        for (String name : List.copyOf(meant)) {
            if (isService(name)) {
                meant.addAll(by.of(name));
            }
        }
        meant.forEach(name -> addIfServed(typeUrl, name, names));
        meant.add(asked);
        if (deep > 0) {
            var gateways = new LinkedHashSet<String>();
            for (String name : meant) {
                CatalogueEntry entry = addresses.get(name);
                if (entry != null) {
                    gateways.addAll(entry.gateways());
                }
            }
            gateways.stream()
                    .filter(gateway -> !names.contains(gateway))
                    .forEach(gateway -> resolve(by, typeUrl, gateway, names, deep - 1));
        }
    }

    private void addIfServed(String typeUrl, String name, Set<String> names) {
        if (find(typeUrl, name) != null) {
            names.add(name);
        }
    }

    /** The workloads of a node. Only while {@link #reading}. */
    Set<String> onNode(String node) {
        var names = new LinkedHashSet<String>();
        addresses.since(0, place -> {
            CatalogueEntry entry = place.entry();
            if (entry != null && entry.kind() == Kind.WORKLOAD && entry.node().equals(node)) {
                names.add(place.name());
            }
        });
        return names;
    }

    /** Whether a service goes by this name. Only while {@link #reading}. */
    boolean isService(String name) {
        CatalogueEntry entry = addresses.get(name);
        return entry != null && entry.kind() == Kind.SERVICE;
    }
}
