package dev.ambit.adapters.k8s.cluster;

import dev.ambit.adapters.k8s.derive.FederatedDerivation;
import dev.ambit.adapters.k8s.derive.MeshDerivation;
import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.AllocatedAddress;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.domain.collection.PersistentMap;
import dev.ambit.domain.view.MeshState;
import dev.ambit.ports.configuration.ConfigurationException;
import dev.ambit.ports.configuration.ConfigurationProblem;
import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.ports.telemetry.Meter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The mesh as a Kubernetes API server has it, followed by lists and watches. What changes while one state is derived goes
 * into the next one. A change costs what depends on it, not what there is.
 *
 * <p>While the server cannot be reached, or refuses, the last state stays and the problem is reported; there is no first
 * state before everything has arrived. A custom kind whose definition is not installed has no objects; once it is
 * installed, it is followed like the others. What cannot be used is dealt with as {@link
 * dev.ambit.adapters.k8s.manifests.ManifestConfigurationSource} does.
 */
public final class ClusterConfigurationSource implements ConfigurationSource {
    private final ClusterMirror mirror;
    private final FederatedDerivation derivation;
    private final ClusterStatusWriter statuses;
    private final @Nullable RemoteClusters remotes;
    private @Nullable MirrorFollower follower;

    /** Closes neither of them. Follows other clusters, if the options have clusters share anything, by their defaults. */
    public ClusterConfigurationSource(
            ClusterConnection connection, DerivationOptions options, ClusterStatusWriter statuses) {
        this(connection, options, statuses, RemoteClusterOptions.DEFAULTS, Meter.none());
    }

    /** Closes neither of them. */
    public ClusterConfigurationSource(
            ClusterConnection connection,
            DerivationOptions options,
            ClusterStatusWriter statuses,
            RemoteClusterOptions remote,
            Meter meter) {
        this.statuses = statuses;
        this.mirror = new ClusterMirror(connection, EnumSet.allOf(MeshKind.class), "", options.rootNamespace());
        this.derivation = new FederatedDerivation(options);
        this.remotes = options.features().sharing().enabled()
                ? new RemoteClusters(connection, options, remote, derivation, meter, mirror::nudge)
                : null;
    }

    /**
     * {@inheritDoc}
     *
     * @throws ConfigurationException if the thread is interrupted before that
     */
    @Override
    public void start(Listener listener) {
        MirrorFollower own;
        synchronized (this) {
            if (follower != null) {
                throw new IllegalStateException("started already");
            }
            own = new MirrorFollower("cluster-derivation", mirror, new Delivery(listener)::deliver);
            follower = own;
        }
        if (remotes != null) {
            remotes.start();
        }
        own.start();
    }

    @Override
    public synchronized List<String> pending() {
        List<String> pending = follower == null ? mirror.pending() : follower.pending();
        return follower == null || remotes == null || follower.hasDelivered()
                ? pending
                : Stream.concat(pending.stream(), remotes.pending().stream()).toList();
    }

    @Override
    public void close() {
        @Nullable MirrorFollower running;
        synchronized (this) {
            running = follower;
        }
        if (running == null) {
            mirror.close();
        } else {
            running.close();
        }
        if (remotes != null) {
            remotes.close();
        }
    }

    /** Tells the listener what is new to it. For the follower's thread. */
    private final class Delivery {
        private final Listener listener;
        private @Nullable MeshState state;
        private List<ConfigurationProblem> problems = List.of();
        private PersistentMap<ObjectKey, List<ObjectCondition>> conditions = PersistentMap.empty();
        private PersistentMap<ObjectKey, List<ObjectProblem>> remarks = PersistentMap.empty();
        /** The same, as they are told. */
        private List<ConfigurationProblem> remarked = List.of();

        private PersistentMap<ObjectKey, List<AllocatedAddress>> allocated = PersistentMap.empty();
        /** Objects whose status may have to say something else than before. */
        private final Set<ObjectKey> touched = new HashSet<>();

        Delivery(Listener listener) {
            this.listener = listener;
        }

        boolean deliver(ClusterMirror.Standing standing) {
            standing.changes().forEach(this::apply);
            boolean settled = remotes == null || remotes.update();
            var all = new ArrayList<>(standing.problems());
            if (remotes != null) {
                all.addAll(remotes.problems());
            }
            // A kind that was installed a moment ago may still be on its way: that must not open what it closes later.
            boolean complete = standing.complete() && settled;
            if (complete) {
                MeshDerivation.Derived derived = derivation.derived();
                if (!derived.state().equals(state)) {
                    state = derived.state();
                    listener.derived(derived.state());
                }
                report(derived);
                all.addAll(remarked);
            }
            List<ConfigurationProblem> found = all.stream().distinct().toList();
            if (!found.equals(problems)) {
                problems = found;
                listener.problems(found);
            }
            return complete;
        }

        private void apply(ObjectChange change) {
            touched.add(change.key());
            switch (change) {
                case ObjectChange.Put put -> derivation.put(put.object());
                case ObjectChange.Unusable unusable ->
                    derivation.reject(unusable.key(), Optional.ofNullable(unusable.closed()));
                case ObjectChange.Removed removed -> derivation.remove(removed.key());
            }
        }

        private void report(MeshDerivation.Derived derived) {
            derived.conditions().changesSince(conditions, (object, _, _) -> touched.add(object));
            Set<ObjectKey> remarkedOn = new HashSet<>();
            derived.problemsByObject().changesSince(remarks, (object, _, _) -> remarkedOn.add(object));
            touched.addAll(remarkedOn);
            if (!remarkedOn.isEmpty()) {
                remarked = derived.problems().stream().map(mirror::located).toList();
            }
            derived.allocated().changesSince(allocated, (object, _, _) -> touched.add(object));
            conditions = derived.conditions();
            allocated = derived.allocated();
            remarks = derived.problemsByObject();
            for (ObjectKey object : touched) {
                Optional<WrittenStatus> written = mirror.objects().status(object);
                if (written.isEmpty()) {
                    statuses.forget(object);
                } else {
                    StatusDecisions.decide(object, derived, mirror.objects().problems(object))
                            .ifPresent(wanted -> statuses.write(wanted, written.get()));
                }
            }
            touched.clear();
        }
    }
}
