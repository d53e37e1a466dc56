package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.MeshDerivation.Derived;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.adapters.k8s.translate.ObjectProblem.Severity;
import dev.ambit.adapters.k8s.translate.UnreadablePolicy;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.federation.Federation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Derives the mesh of the local cluster and others, each by itself, and unites them as {@link Federation} says. Without
 * other clusters and networks it is the local cluster's derivation alone, and costs no more.
 *
 * <p>Configuration is the local cluster's: policies, classes, ServiceEntries and WorkloadEntries. Of the others Pods,
 * Services, EndpointSlices, Namespaces, Nodes and Gateways count.
 *
 * <p>For one thread.
 */
public final class FederatedDerivation {
    private final DerivationOptions options;
    private final MeshDerivation local;
    private final SortedMap<String, Member> members = new TreeMap<>();
    private Federation federation;

    public FederatedDerivation(DerivationOptions options) {
        this.options = options;
        this.local = new MeshDerivation(options);
        this.federation = Federation.seenFrom(options.clusterId());
    }

    /** The objects of one other cluster. They do not count before they are {@linkplain #admit admitted}. */
    public final class Member {
        private final String cluster;
        private final MeshDerivation derivation;

        private Member(String cluster) {
            this.cluster = cluster;
            this.derivation = new MeshDerivation(options.ofRemote(cluster));
            derivation.adopt(local);
        }

        public void put(HasMetadata object) {
            derivation.put(object);
        }

        public void reject(ObjectKey key) {
            derivation.reject(key, Optional.empty());
        }

        public void remove(ObjectKey key) {
            derivation.remove(key);
        }
    }

    /** Another cluster, of which nothing is known yet. */
    public Member member(String cluster) {
        return new Member(cluster);
    }

    /** From now on the member is what there is in its cluster, in place of one that was. */
    public void admit(Member member) {
        // What was written while it waited.
        member.derivation.adopt(local);
        members.put(member.cluster, member);
    }

    /** Nothing counts of a cluster any more. */
    public void dismiss(String cluster) {
        if (members.remove(cluster) != null) {
            federation = federation.without(cluster);
        }
    }

    /** See {@link MeshDerivation#put}. */
    public void put(HasMetadata object) {
        local.put(object);
        share(ObjectKey.of(object));
    }

    /** See {@link MeshDerivation#reject}. */
    public void reject(ObjectKey key, Optional<UnreadablePolicy> closed) {
        local.reject(key, closed);
        share(key);
    }

    /** See {@link MeshDerivation#remove}. */
    public void remove(ObjectKey key) {
        local.remove(key);
        share(key);
    }

    private void share(ObjectKey key) {
        members.values().forEach(member -> member.derivation.adopt(local, key));
    }

    /** Derives from exactly these objects of the local cluster; members stay as they are. */
    public Derived derive(KubernetesObjects all) {
        Derived own = local.derive(all);
        members.values().forEach(member -> member.derivation.adopt(local));
        return united(own);
    }

    /** The mesh as the objects are now. */
    public Derived derived() {
        return united(local.derived());
    }

    private Derived united(Derived own) {
        if (!options.features().sharing().enabled()) {
            return own;
        }
        federation = federation.with(options.clusterId(), local.share());
        for (Member member : members.values()) {
            federation = federation.with(member.cluster, member.derivation.share());
        }
        var problems = own.problemsByObject();
        for (Map.Entry<NamespacedHostname, List<String>> remark :
                federation.remarks().entrySet()) {
            String hostname = remark.getKey().hostname();
            var service = new ObjectKey("Service", remark.getKey().namespace(), hostname.split("\\.", 2)[0]);
            var all = new ArrayList<>(problems.getOrDefault(service, List.of()));
            remark.getValue()
                    .forEach(why -> all.add(new ObjectProblem(service, FieldPath.ROOT, why, Severity.WARNING)));
            problems = problems.with(service, List.copyOf(new LinkedHashSet<>(all)));
        }
        return new Derived(federation.state(), problems, own.conditions(), own.allocated());
    }
}
