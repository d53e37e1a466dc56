package dev.ambit.services.cniagent.enrol;

import dev.ambit.domain.enrolment.Enrolment;
import dev.ambit.domain.enrolment.NodePod;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.configuration.ConfigurationProblem;
import dev.ambit.ports.configuration.NodePodSource;
import dev.ambit.ports.configuration.PodStatusWriter;
import dev.ambit.ports.configuration.PodStatusWriter.Redirection;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.NetworkNamespaces;
import dev.ambit.ports.podnetwork.NodeProxies;
import dev.ambit.ports.podnetwork.PodRedirection;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.Meter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the pods of this node what their labels ask for. Enrolment: rules into the pod's namespace, then the node proxy,
 * then the report on the pod; so traffic is captured before anything says so, and never flows around the proxy. Removal
 * goes the other way round. What fails is tried again.
 *
 * <p>Every method runs on the one thread of {@code worker}; only {@link #snapshot} is called by others.
 */
public final class NodeAgent implements NodePodSource.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeAgent.class);
    private static final Duration RETRY = Duration.ofMillis(500);

    /** Every pod's namespace is compared with the one it had this often: 2 s. */
    private static final int ROUNDS_PER_LOOK = 4;

    private static final Duration PROXY_ANSWER = Duration.ofSeconds(10);

    private final Enrolment enrolment;
    private final NetworkNamespaces namespaces;
    private final PodRedirection redirection;
    private final NodeProxies proxies;
    private final PodStatusWriter status;
    private final ScheduledExecutorService worker;
    private final Meter meter;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, String> lastReason = new HashMap<>();
    private final Set<String> released = new HashSet<>();
    private List<NodePod> wanted = List.of();
    private boolean told;
    private int rounds;
    private volatile NodeProxies.Pods snapshot = new NodeProxies.Pods(List.of(), List.of());
    private final CompletableFuture<Void> known = new CompletableFuture<>();
    private volatile boolean settled;
    private volatile boolean closed;

    /**
     * Looks after nothing yet.
     *
     * @param worker a single thread; its owner shuts it down
     */
    public NodeAgent(
            Enrolment enrolment,
            NetworkNamespaces namespaces,
            PodRedirection redirection,
            NodeProxies proxies,
            PodStatusWriter status,
            ScheduledExecutorService worker,
            Meter meter) {
        this.enrolment = enrolment;
        this.namespaces = namespaces;
        this.redirection = redirection;
        this.proxies = proxies;
        this.status = status;
        this.worker = worker;
        this.meter = meter;
        meter.gauge(Gauge.ENROLLED_PODS, () -> snapshot.enrolled().size());
        meter.gauge(Gauge.NODE_PROXIES, proxies::connected);
    }

    /** Listens for node proxies and looks after pods from now on. */
    public void start() {
        proxies.start(() -> known.thenApply(_ -> snapshot));
        var _ = worker.scheduleWithFixedDelay(
                this::reconcile, RETRY.toMillis(), RETRY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether every pod of this node was brought to what its labels ask for, at least once. */
    public boolean isReady() {
        return settled;
    }

    @Override
    public void pods(List<NodePod> pods) {
        if (!worker.isShutdown()) {
            worker.execute(() -> {
                wanted = List.copyOf(pods);
                told = true;
                reconcile();
            });
        }
    }

    @Override
    public void problems(List<ConfigurationProblem> problems) {
        problems.forEach(problem -> LOG.warn("configuration problem\t{}", problem));
    }

    /** Ends the watch. Rules stay: a pod that is in the mesh must not fall out of it because its agent restarts. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        known.complete(null);
        proxies.close();
        worker.execute(() -> members.values().forEach(member -> member.namespace.close()));
    }

    private void reconcile() {
        if (closed) {
            return;
        }
        try {
            var stay = new HashMap<String, NodePod>();
            for (NodePod pod : wanted) {
                switch (enrolment.decide(pod)) {
                    case Enrolment.Decision.Enrol _ -> stay.put(pod.ref().uid(), pod);
                    case Enrolment.Decision.StayOut(String why) -> explainOnce(pod.ref(), "stays out: " + why);
                }
            }
            boolean complete = removeAllBut(stay);
            wanted.stream().filter(pod -> !stay.containsKey(pod.ref().uid())).forEach(this::release);
            if (rounds++ % ROUNDS_PER_LOOK == 0) {
                stay.values().forEach(this::lookForNewNamespace);
            }
            stay.values().forEach(this::capture);
            publishSnapshot(stay.values());
            if (told) {
                known.complete(null);
            }
            for (NodePod pod : stay.values()) {
                complete &= serve(pod);
            }
            settled |= complete && told;
        } catch (RuntimeException e) {
            // One pod's trouble is handled where it arises; this keeps the schedule alive whatever was overlooked.
            LOG.error("reconciling failed, will try again", e);
        }
    }

    /**
     * Takes out what an agent before us left in a pod that stays out: its label went while nobody was looking, and no
     * proxy serves it any more. Each pod is looked at once.
     */
    private void release(NodePod pod) {
        PodRef ref = pod.ref();
        if (pod.hostNetwork() || pod.finished() || members.containsKey(ref.uid()) || !released.add(ref.uid())) {
            return;
        }
        try {
            Optional<NetworkNamespace> found = namespaces.find(pod);
            if (found.isEmpty()) {
                return;
            }
            try (NetworkNamespace namespace = found.get()) {
                if (redirection.isApplied(namespace)) {
                    redirection.remove(namespace);
                    status.redirection(ref, Redirection.ABSENT);
                    meter.increment(Counter.ENROLMENTS, "removed");
                    LOG.info("rules left behind in a pod outside the mesh are gone\tpod={} uid={}", ref, ref.uid());
                }
            }
        } catch (RuntimeException e) {
            released.remove(ref.uid());
            explainOnce(ref, "stays out, but rules may be left in it, will look again: " + e.getMessage());
        }
    }

    /**
     * A pod whose sandbox was made anew has another namespace under the same uid: without rules, and unknown to its proxy.
     */
    private void lookForNewNamespace(NodePod pod) {
        Member member = members.get(pod.ref().uid());
        if (member == null || member.leaving) {
            return;
        }
        try {
            Optional<NetworkNamespace> found = namespaces.find(pod);
            if (found.isEmpty()) {
                return;
            }
            if (found.get().id().equals(member.namespace.id())) {
                found.get().close();
                return;
            }
            explainOnce(pod.ref(), "has a new network namespace, starts over");
            forget(member);
            capture(pod, found.get());
        } catch (RuntimeException e) {
            explainOnce(pod.ref(), "may have a new network namespace, will look again: " + e.getMessage());
        }
    }

    private void capture(NodePod pod) {
        PodRef ref = pod.ref();
        Member member = members.get(ref.uid());
        try {
            if (member == null) {
                Optional<NetworkNamespace> namespace = namespaces.find(pod);
                if (namespace.isEmpty()) {
                    explainOnce(ref, "waits: has no network namespace on this node (yet)");
                    return;
                }
                capture(pod, namespace.get());
            } else if (member.leaving) {
                // Its rules may be gone in part.
                redirection.apply(member.namespace, enrolment.captureOf(pod));
                member.leaving = false;
            }
        } catch (RuntimeException e) {
            // Whatever it is, it must not keep the pods that come after this one out of the mesh.
            failed(ref, e);
        }
    }

    private void failed(PodRef ref, RuntimeException e) {
        meter.increment(Counter.ENROLMENTS, "failed");
        explainOnce(ref, "cannot be enrolled, will try again: " + e.getMessage());
    }

    private void capture(NodePod pod, NetworkNamespace namespace) {
        try {
            redirection.apply(namespace, enrolment.captureOf(pod));
        } catch (RuntimeException e) {
            namespace.close();
            throw e;
        }
        members.put(pod.ref().uid(), new Member(pod.ref(), namespace));
    }

    /** Whether the pod is served. Otherwise it is offered to the node proxies; their answer comes when it comes. */
    private boolean serve(NodePod pod) {
        Member member = members.get(pod.ref().uid());
        if (member == null || member.leaving) {
            return false;
        }
        if (!member.served && !member.offered) {
            member.offered = true;
            CompletableFuture<Void> answer = proxies.add(new NodeProxies.EnrolledPod(member.pod, member.namespace))
                    .toCompletableFuture();
            if (answer.isDone()) {
                answered(member, answer);
            } else {
                var _ = answer.orTimeout(PROXY_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                        .whenComplete((_, _) -> onWorker(() -> {
                            answered(member, answer);
                            reconcile();
                        }));
            }
        }
        return member.served;
    }

    private void onWorker(Runnable work) {
        if (!worker.isShutdown()) {
            worker.execute(work);
        }
    }

    private void answered(Member member, CompletableFuture<Void> answer) {
        member.offered = false;
        if (closed || member.leaving || members.get(member.pod.uid()) != member) {
            return;
        }
        try {
            answer.join();
            status.redirection(member.pod, Redirection.ENABLED);
            member.served = true;
            meter.increment(Counter.ENROLMENTS, "enrolled");
            explainOnce(member.pod, "is in the mesh");
        } catch (CompletionException e) {
            pending(member, reason(e));
        } catch (RuntimeException e) {
            failed(member.pod, e);
        }
    }

    private void pending(Member member, String why) {
        try {
            status.redirection(member.pod, Redirection.PENDING);
            explainOnce(member.pod, "is captured, waits for its node proxy: " + why);
        } catch (RuntimeException e) {
            failed(member.pod, e);
        }
    }

    private static String reason(CompletionException failure) {
        return switch (failure.getCause()) {
            case TimeoutException _ -> "node proxy did not answer within " + PROXY_ANSWER.toSeconds() + " s";
            case Throwable cause -> String.valueOf(cause.getMessage());
            case null -> String.valueOf(failure.getMessage());
        };
    }

    private boolean removeAllBut(Map<String, NodePod> stay) {
        Set<String> present = wanted.stream().map(pod -> pod.ref().uid()).collect(Collectors.toSet());
        boolean complete = true;
        for (Member member : new ArrayList<>(members.values())) {
            if (!stay.containsKey(member.pod.uid())) {
                complete &= remove(member, present.contains(member.pod.uid()));
            }
        }
        lastReason.keySet().retainAll(present);
        released.retainAll(present);
        return complete;
    }

    /** Whether nothing is left to clean up. A pod that is gone takes its rules with it; one that stays must lose them. */
    private boolean remove(Member member, boolean podStays) {
        if (!member.leaving) {
            member.leaving = true;
            member.served = false;
            tellGone(member);
        }
        try {
            redirection.remove(member.namespace);
            status.redirection(member.pod, Redirection.ABSENT);
        } catch (RuntimeException e) {
            meter.increment(Counter.ENROLMENTS, "failed");
            explainOnce(member.pod, "left the mesh, but cleaning up after it failed: " + e.getMessage());
            if (podStays) {
                return false;
            }
        }
        forget(member);
        meter.increment(Counter.ENROLMENTS, "removed");
        explainOnce(member.pod, "has left the mesh");
        return true;
    }

    /** A slow proxy must not keep other pods waiting, so nobody waits for its answer. */
    private void tellGone(Member member) {
        var _ = proxies.remove(member.pod)
                .toCompletableFuture()
                .orTimeout(PROXY_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(e -> {
                    LOG.warn(
                            "node proxy did not confirm that a pod is gone\tpod={} cause=\"{}\"",
                            member.pod,
                            e.getMessage());
                    return null;
                });
    }

    private void forget(Member member) {
        members.remove(member.pod.uid());
        member.namespace.close();
    }

    private void publishSnapshot(Collection<NodePod> stay) {
        snapshot = new NodeProxies.Pods(
                members.values().stream()
                        .filter(member -> !member.leaving)
                        .map(member -> new NodeProxies.EnrolledPod(member.pod, member.namespace))
                        .toList(),
                stay.stream()
                        .map(NodePod::ref)
                        .filter(pod -> !members.containsKey(pod.uid()))
                        .toList());
    }

    private void explainOnce(PodRef pod, String what) {
        if (!what.equals(lastReason.put(pod.uid(), what))) {
            LOG.info("pod {}\tpod={} uid={}", what, pod, pod.uid());
        }
    }
}
