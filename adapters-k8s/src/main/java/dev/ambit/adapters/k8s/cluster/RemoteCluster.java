package dev.ambit.adapters.k8s.cluster;

import dev.ambit.adapters.k8s.cluster.RemoteSecrets.Kubeconfig;
import dev.ambit.adapters.k8s.derive.FederatedDerivation;
import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.ports.configuration.ConfigurationProblem;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** One other cluster, followed with one kubeconfig. For the thread that derives. */
final class RemoteCluster {
    /** Configuration is the local cluster's. */
    private static final Set<MeshKind> KINDS = EnumSet.of(
            MeshKind.NAMESPACE,
            MeshKind.NODE,
            MeshKind.POD,
            MeshKind.SERVICE,
            MeshKind.ENDPOINT_SLICE,
            MeshKind.GATEWAY);

    private final String id;
    private final String secret;
    private final Kubeconfig kubeconfig;
    private final ClusterConnection connection;
    private final ClusterMirror mirror;
    private final FederatedDerivation.Member member;
    private List<ConfigurationProblem> problems = List.of();
    private boolean complete;

    /**
     * Begins to follow it.
     *
     * @throws IllegalArgumentException if the kubeconfig cannot be used
     */
    RemoteCluster(
            String id,
            String secret,
            Kubeconfig kubeconfig,
            ClusterOptions options,
            String rootNamespace,
            FederatedDerivation derivation,
            Runnable news) {
        this.id = id;
        this.secret = secret;
        this.kubeconfig = kubeconfig;
        this.connection = ClusterConnection.remote(options, RemoteKubeconfig.read(kubeconfig.text()));
        this.mirror = new ClusterMirror(connection, KINDS, "", rootNamespace, news);
        this.member = derivation.member(id);
        mirror.start();
    }

    /** Takes over what is new there. */
    void update() {
        mirror.news().ifPresent(standing -> {
            standing.changes().forEach(this::apply);
            problems = standing.problems().stream().map(this::located).toList();
            complete |= standing.complete();
        });
    }

    private void apply(ObjectChange change) {
        switch (change) {
            case ObjectChange.Put put -> member.put(put.object());
            case ObjectChange.Unusable unusable -> member.reject(unusable.key());
            case ObjectChange.Removed removed -> member.remove(removed.key());
        }
    }

    private ConfigurationProblem located(ConfigurationProblem problem) {
        return new ConfigurationProblem("cluster " + id + " at " + problem.where(), problem.object(), problem.why());
    }

    /** Whether everything has arrived once. */
    boolean isComplete() {
        return complete;
    }

    /** Whether it answers. */
    boolean isAnswering() {
        return complete && mirror.pending().isEmpty() && !connection.answers().isFailing();
    }

    /** What has not arrived, a line each. */
    List<String> pending() {
        return mirror.pending().stream()
                .map(each -> "cluster " + id + ": " + each)
                .toList();
    }

    String id() {
        return id;
    }

    String secret() {
        return secret;
    }

    boolean follows(Kubeconfig other) {
        return kubeconfig.equals(other);
    }

    FederatedDerivation.Member member() {
        return member;
    }

    List<ConfigurationProblem> problems() {
        return problems;
    }

    /** Later, because a cluster that does not answer may keep us waiting. */
    void close() {
        var _ = Thread.ofVirtual().name("remote-cluster-close").start(() -> {
            mirror.close();
            connection.close();
        });
    }
}
