package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Answers;
import dev.ambit.adapters.k8s.translate.AllocatedAddress;
import dev.ambit.adapters.k8s.translate.ClosedPolicies;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.k8s.translate.FactReader;
import dev.ambit.adapters.k8s.translate.GatewayFacts;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.ObjectFacts;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.adapters.k8s.translate.ReadObject;
import dev.ambit.adapters.k8s.translate.UnreadablePolicy;
import dev.ambit.domain.collection.PersistentMap;
import dev.ambit.domain.federation.ClusterShare;
import dev.ambit.domain.federation.NetworkWay;
import dev.ambit.domain.view.MeshState;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Derives the mesh from Kubernetes objects, and keeps it derived while they come, change and go. What it derives depends
 * on the present objects only, not on how they came about; a change costs what depends on it, not what there is.
 *
 * <p>Of an object that cannot be used any more the last version that could be used counts. A policy of which there never
 * was one is read closed: see {@link ClosedPolicies}.
 *
 * <p>For one thread.
 */
public final class MeshDerivation {
    private static final Set<String> EVERYWHERE = Set.of("AuthorizationPolicy", "PeerAuthentication", "GatewayClass");

    private final FactReader reader;
    private final Claims claims;
    private final Indexes indexes = new Indexes();
    private final Answers answers = new Answers();
    private final Parts parts;
    private final Map<ObjectKey, Known> objects = new HashMap<>();
    /** What {@link #derive} was last given, to find what is new in the next. */
    private final Map<ObjectKey, HasMetadata> given = new HashMap<>();

    private final Map<ObjectKey, UnreadablePolicy> unreadable = new HashMap<>();
    private final DerivationOptions options;
    private final LocalNetwork network;
    /** By the Gateways that offer them, in the order in which they count. */
    private final SortedMap<ObjectKey, List<NetworkWay>> ways = new TreeMap<>();

    public MeshDerivation(DerivationOptions options) {
        this.options = options;
        this.reader = new FactReader(options);
        this.claims = new Claims(options);
        var rules = new Rules(options);
        this.parts = new Parts(rules, answers);
        this.network = new LocalNetwork(rules);
        if (options.features().sharing().enabled()) {
            answers.want(network);
        }
    }

    /**
     * The derived mesh, what could not be used as it is written, and what is to be said in the status of objects:
     * conditions, and the addresses that ServiceEntries got. All but the first by object, without objects of which there
     * is nothing to say. Versions share what they have in common.
     */
    public record Derived(
            MeshState state,
            PersistentMap<ObjectKey, List<ObjectProblem>> problemsByObject,
            PersistentMap<ObjectKey, List<ObjectCondition>> conditions,
            PersistentMap<ObjectKey, List<AllocatedAddress>> allocated) {

        /** All problems, in order of the objects. */
        public List<ObjectProblem> problems() {
            return new TreeMap<>(problemsByObject)
                    .values().stream().flatMap(List::stream).toList();
        }
    }

    /**
     * One object as it was read.
     *
     * @param own what it says, or last said in a way that could be used
     * @param facts what counts: the same, unless a policy of its name cannot be read
     */
    private record Known(
            Optional<ObjectFacts> own,
            Optional<ObjectFacts> facts,
            List<Indexes.Claim> claims,
            Optional<Part.Of> part) {
        static final Known NOTHING = new Known(Optional.empty(), Optional.empty(), List.of(), Optional.empty());
    }

    /** Derives from exactly these objects, whatever was there before. */
    public Derived derive(KubernetesObjects all) {
        Set<ObjectKey> gone = new HashSet<>(given.keySet());
        for (HasMetadata object : all.objects()) {
            ObjectKey key = ObjectKey.of(object);
            gone.remove(key);
            if (isNews(object, given.put(key, object))) {
                put(object);
            }
        }
        gone.forEach(given::remove);
        gone.forEach(this::remove);
        close(all.unreadablePolicies());
        return derived();
    }

    /** Most objects are the very ones that were given before; comparing two of them is long. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isNews(HasMetadata now, @Nullable HasMetadata before) {
        return now != before && !now.equals(before);
    }

    /** An object appeared or changed. Counts from the next {@link #derived}. */
    public void put(HasMetadata object) {
        ReadObject read = reader.read(object);
        Known before = objects.getOrDefault(read.key(), Known.NOTHING);
        boolean rejected = read.problems().stream().anyMatch(ObjectProblem::isRejection);
        Optional<ObjectFacts> own =
                rejected ? before.own().or(() -> read.closed().map(this::closed)) : read.facts();
        parts.remark(read);
        update(read.key(), own);
    }

    /**
     * An object changed into something that is not even an object of its kind: its last version that could be used counts,
     * or its closed reading if there was none.
     *
     * @param closed for a policy, how it is read closed
     */
    public void reject(ObjectKey key, Optional<UnreadablePolicy> closed) {
        update(key, objects.getOrDefault(key, Known.NOTHING).own().or(() -> closed.map(this::closed)));
    }

    /** An object is gone. */
    public void remove(ObjectKey key) {
        parts.forget(key);
        update(key, Optional.empty());
    }

    /** Policies that somebody wrote and that are not even objects: these, and no others any more. */
    public void close(List<UnreadablePolicy> policies) {
        Map<ObjectKey, UnreadablePolicy> now = new HashMap<>();
        policies.forEach(policy -> now.merge(key(policy), policy, ClosedPolicies::both));
        Set<ObjectKey> touched = new HashSet<>(now.keySet());
        touched.addAll(unreadable.keySet());
        unreadable.clear();
        unreadable.putAll(now);
        touched.forEach(
                key -> update(key, objects.getOrDefault(key, Known.NOTHING).own()));
    }

    private static ObjectKey key(UnreadablePolicy policy) {
        String kind = policy.kind() == UnreadablePolicy.Kind.PEER_AUTHENTICATION
                ? "PeerAuthentication"
                : "AuthorizationPolicy";
        return new ObjectKey(kind, policy.name().namespace(), policy.name().name());
    }

    private ObjectFacts closed(UnreadablePolicy policy) {
        return policy.kind() == UnreadablePolicy.Kind.PEER_AUTHENTICATION
                ? new ObjectFacts.PeerFacts(ClosedPolicies.peerAuthentication(policy))
                : new ObjectFacts.PolicyFacts(ClosedPolicies.authorization(policy, options.rootNamespace()));
    }

    private void update(ObjectKey key, Optional<ObjectFacts> own) {
        Known before = objects.getOrDefault(key, Known.NOTHING);
        Optional<ObjectFacts> facts =
                Optional.ofNullable(unreadable.get(key)).map(this::closed).or(() -> own);
        if (facts.isEmpty()) {
            objects.remove(key);
        }
        if (facts.isPresent() && facts.equals(before.facts())) {
            objects.put(key, new Known(own, before.facts(), before.claims(), before.part()));
            return;
        }
        before.facts().filter(was -> !isSameKind(was, facts)).ifPresent(was -> unset(key, was.getClass()));
        facts.ifPresent(is -> set(key, is));
        List<Indexes.Claim> claimed = facts.map(is -> claims.of(key, is)).orElse(List.of());
        indexes.replace(before.claims(), claimed);
        Optional<Part.Of> part = facts.flatMap(is -> parts.of(key, is));
        parts.replace(before.part(), part);
        facts.ifPresent(_ -> objects.put(key, new Known(own, facts, claimed, part)));
        if (before.facts()
                .or(() -> facts)
                .filter(GatewayFacts.class::isInstance)
                .isPresent()) {
            List<NetworkWay> offered = facts.map(
                            is -> is instanceof GatewayFacts gateway ? ways(gateway) : List.<NetworkWay>of())
                    .orElse(List.of());
            if (offered.isEmpty()) {
                ways.remove(key);
            } else {
                ways.put(key, offered);
            }
        }
    }

    private List<NetworkWay> ways(GatewayFacts gateway) {
        return NetworkGateways.of(gateway, options.remote()).stream()
                .map(way -> new NetworkWay(
                        gateway.network(),
                        options.clusterId(),
                        gateway.namespace(),
                        gateway.name(),
                        way.address(),
                        way.port()))
                .toList();
    }

    /** Takes over what another derivation knows of an object, if it is of a kind that holds for all clusters. */
    void adopt(MeshDerivation other, ObjectKey key) {
        if (EVERYWHERE.contains(key.kind())) {
            update(key, other.objects.getOrDefault(key, Known.NOTHING).facts().filter(MeshDerivation::holdsEverywhere));
        }
    }

    /** The same for all of its objects, and for those that it has no more. */
    void adopt(MeshDerivation other) {
        Set<ObjectKey> keys = new HashSet<>(other.objects.keySet());
        keys.addAll(objects.keySet());
        keys.forEach(key -> adopt(other, key));
    }

    private static boolean holdsEverywhere(ObjectFacts facts) {
        return switch (facts) {
            case ObjectFacts.PolicyFacts _, ObjectFacts.PeerFacts _, GatewayFacts.ClassFacts _ -> true;
            default -> false;
        };
    }

    private static boolean isSameKind(ObjectFacts one, Optional<ObjectFacts> other) {
        return other.isPresent() && other.get().getClass().equals(one.getClass());
    }

    private <F extends ObjectFacts> void set(ObjectKey key, F facts) {
        @SuppressWarnings("unchecked") // the class of an F, which is final
        var kind = (Class<F>) facts.getClass();
        answers.set(Named.of(kind, key), Optional.of(facts));
    }

    private <F extends ObjectFacts> void unset(ObjectKey key, Class<F> kind) {
        answers.unset(Named.of(kind, key));
    }

    /** How many answers are remembered now. */
    int remembered() {
        return answers.size();
    }

    /** How many questions were answered since the beginning. */
    long asked() {
        return answers.asked();
    }

    /** The mesh as the objects are now. */
    public Derived derived() {
        indexes.flush(answers);
        return parts.derived();
    }

    /** The same as this cluster's share of a mesh of several; only if the features have clusters share anything. */
    ClusterShare share() {
        MeshState state = derived().state();
        return new ClusterShare(
                state,
                Objects.requireNonNullElse(answers.get(network), ""),
                parts.shared(),
                ways.values().stream().flatMap(List::stream).toList());
    }
}
