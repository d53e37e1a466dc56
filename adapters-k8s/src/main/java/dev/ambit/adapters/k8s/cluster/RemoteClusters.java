package dev.ambit.adapters.k8s.cluster;

import dev.ambit.adapters.k8s.cluster.RemoteSecrets.Kubeconfig;
import dev.ambit.adapters.k8s.derive.FederatedDerivation;
import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.ports.configuration.ConfigurationProblem;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.Meter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other clusters of the mesh, as Secrets name them. One counts from when everything of it has arrived, and what it had
 * last counts while it does not answer, until its Secret is gone. With another kubeconfig it is followed anew, and what the
 * old one brought stays until the new one has brought everything. Of Secrets that name one cluster the first counts.
 */
final class RemoteClusters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteClusters.class);

    private final ClusterConnection connection;
    private final DerivationOptions derivation;
    private final RemoteClusterOptions options;
    private final FederatedDerivation federation;
    private final Meter meter;
    private final Runnable news;
    private final RemoteSecrets secrets;
    /** Those that count. */
    private final Map<String, RemoteCluster> admitted = new TreeMap<>();
    /** Those that are on their way; they may be to replace one that counts. */
    private final Map<String, RemoteCluster> coming = new TreeMap<>();
    /** Kubeconfigs that could not be used, so that they are not tried again and again. */
    private final Map<String, Kubeconfig> refused = new HashMap<>();

    private final List<ConfigurationProblem> problems = new ArrayList<>();
    private long startedAt;
    private boolean waiting = true;
    private volatile List<String> pending = List.of();
    private volatile int known;
    private volatile int answering;

    RemoteClusters(
            ClusterConnection connection,
            DerivationOptions derivation,
            RemoteClusterOptions options,
            FederatedDerivation federation,
            Meter meter,
            Runnable news) {
        this.connection = connection;
        this.derivation = derivation;
        this.options = options;
        this.federation = federation;
        this.meter = meter;
        this.news = news;
        this.secrets = new RemoteSecrets(connection, derivation.rootNamespace(), meter, news);
    }

    void start() {
        startedAt = System.nanoTime();
        meter.gauge(Gauge.REMOTE_CLUSTERS, () -> known);
        meter.gauge(Gauge.REMOTE_CLUSTERS_ANSWERING, () -> answering);
        secrets.start();
        if (!options.timeout().isZero()) {
            CompletableFuture.delayedExecutor(options.timeout().toMillis(), TimeUnit.MILLISECONDS)
                    .execute(news);
        }
    }

    /**
     * Takes over what is new.
     *
     * @return whether the first state may be told: all that are known have arrived, or they took too long
     */
    boolean update() {
        problems.clear();
        secrets.failure().ifPresent(why -> problem("Secret", why));
        follow(wanted());
        for (RemoteCluster cluster : List.copyOf(coming.values())) {
            cluster.update();
            if (cluster.isComplete()) {
                admit(cluster);
            }
        }
        admitted.values().forEach(RemoteCluster::update);
        Stream.concat(admitted.values().stream(), coming.values().stream())
                .forEach(cluster -> problems.addAll(cluster.problems()));
        known = (int) Stream.concat(admitted.keySet().stream(), coming.keySet().stream())
                .distinct()
                .count();
        answering = (int)
                admitted.values().stream().filter(RemoteCluster::isAnswering).count();
        return settled();
    }

    private boolean settled() {
        var missing = new ArrayList<String>();
        if (!secrets.isSynced()) {
            missing.add("Secret" + secrets.failure().map(why -> ": " + why).orElse(""));
        }
        coming.values().forEach(cluster -> missing.addAll(cluster.pending()));
        pending = List.copyOf(missing);
        if (waiting && missing.isEmpty()) {
            waiting = false;
        } else if (waiting
                && !options.timeout().isZero()
                && System.nanoTime() - startedAt >= options.timeout().toNanos()) {
            waiting = false;
            meter.increment(Counter.REMOTE_CLUSTER_TIMEOUTS);
            LOG.warn(
                    "started without remote clusters that took too long\tclusters=\"{}\" timeout={}",
                    String.join(",", coming.keySet()),
                    options.timeout());
        }
        return !waiting;
    }

    private record Wanted(String secret, Kubeconfig kubeconfig) {}

    /** By cluster. A Secret by which a cluster is followed already comes before others that name it, too. */
    private Map<String, Wanted> wanted() {
        Map<String, Wanted> wanted = new TreeMap<>();
        secrets.current()
                .forEach((secret, clusters) -> clusters.forEach((cluster, kubeconfig) -> {
                    if (cluster.equals(derivation.clusterId())) {
                        problem(
                                "Secret " + secret,
                                "cluster '" + cluster + "' is this cluster itself: it is not followed as another");
                        return;
                    }
                    @Nullable Wanted other = wanted.get(cluster);
                    if (other != null) {
                        boolean ours = isFollowedBy(cluster, secret);
                        problem(
                                "Secret " + (ours ? other.secret() : secret),
                                "cluster '" + cluster + "' is already that of Secret "
                                        + (ours ? secret : other.secret()) + ": take it out of one of them");
                        if (!ours) {
                            return;
                        }
                    }
                    if (other == null && wanted.size() >= options.clustersMax()) {
                        problem(
                                "Secret " + secret,
                                "cluster '" + cluster + "' is not followed: there are more than "
                                        + options.clustersMax());
                        return;
                    }
                    wanted.put(cluster, new Wanted(secret, kubeconfig));
                }));
        return wanted;
    }

    private boolean isFollowedBy(String cluster, String secret) {
        return Stream.of(admitted.get(cluster), coming.get(cluster))
                .anyMatch(each -> each != null && each.secret().equals(secret));
    }

    private void follow(Map<String, Wanted> wanted) {
        List.copyOf(coming.values()).stream()
                .filter(cluster -> !wanted.containsKey(cluster.id()))
                .forEach(cluster -> {
                    coming.remove(cluster.id());
                    cluster.close();
                });
        List.copyOf(admitted.values()).stream()
                .filter(cluster -> !wanted.containsKey(cluster.id()))
                .forEach(cluster -> {
                    admitted.remove(cluster.id());
                    federation.dismiss(cluster.id());
                    cluster.close();
                    LOG.info("remote cluster is gone\tcluster=\"{}\" secret=\"{}\"", cluster.id(), cluster.secret());
                });
        refused.keySet().retainAll(wanted.keySet());
        wanted.forEach(this::follow);
    }

    private void follow(String id, Wanted wanted) {
        @Nullable RemoteCluster current = coming.containsKey(id) ? coming.get(id) : admitted.get(id);
        if (current != null && current.follows(wanted.kubeconfig())) {
            return;
        }
        @Nullable RemoteCluster counting = admitted.get(id);
        if (counting != null && counting.follows(wanted.kubeconfig())) {
            // What was to replace it is not wanted any more.
            Objects.requireNonNull(coming.remove(id)).close();
            return;
        }
        if (Objects.equals(refused.get(id), wanted.kubeconfig())) {
            refuse(id, wanted);
            return;
        }
        try {
            var fresh = new RemoteCluster(
                    id,
                    wanted.secret(),
                    wanted.kubeconfig(),
                    connection.options(),
                    derivation.rootNamespace(),
                    federation,
                    news);
            @Nullable RemoteCluster outdated = coming.put(id, fresh);
            if (outdated != null) {
                outdated.close();
            }
            refused.remove(id);
            LOG.info("remote cluster is followed\tcluster=\"{}\" secret=\"{}\"", id, wanted.secret());
        } catch (IllegalArgumentException unusable) {
            refused.put(id, wanted.kubeconfig());
            refuse(id, wanted);
        }
    }

    private void refuse(String id, Wanted wanted) {
        String why;
        try {
            RemoteKubeconfig.read(wanted.kubeconfig().text());
            why = "it cannot be used";
        } catch (IllegalArgumentException unusable) {
            why = String.valueOf(unusable.getMessage());
        }
        problem("Secret " + wanted.secret(), "the kubeconfig of cluster '" + id + "' is not used: " + why);
    }

    private void admit(RemoteCluster cluster) {
        coming.remove(cluster.id());
        @Nullable RemoteCluster replaced = admitted.put(cluster.id(), cluster);
        federation.admit(cluster.member());
        if (replaced != null) {
            replaced.close();
        }
        LOG.info("remote cluster has arrived\tcluster=\"{}\" secret=\"{}\"", cluster.id(), cluster.secret());
    }

    private void problem(String object, String why) {
        problems.add(new ConfigurationProblem(connection.url(), object, why));
    }

    List<ConfigurationProblem> problems() {
        return problems;
    }

    /** What has not arrived, as of the last update; for any thread. */
    List<String> pending() {
        return pending;
    }

    @Override
    public void close() {
        secrets.close();
        coming.values().forEach(RemoteCluster::close);
        admitted.values().forEach(RemoteCluster::close);
    }
}
