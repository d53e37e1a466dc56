package dev.ambit.services.ztunnel.pod;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.PodFeed;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.ports.transport.ListenPorts;
import dev.ambit.ports.transport.PodProxy;
import dev.ambit.ports.transport.Transport;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pods that the node agent handed over. A pod whose listeners cannot be opened is refused to the agent, kept, and
 * tried again; until it works this proxy is not ready.
 */
public final class ServedPods implements PodFeed.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServedPods.class);

    /** Between attempts to open a pod's listeners (Istio's ztunnel's figure). */
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final Transport transport;
    private final FlowDecisions decisions;
    private final TrustDomain trustDomain;
    private final InetAddress wildcard;
    private final ListenPorts ports;
    private final ScheduledExecutorService scheduler;
    private final Meter meter;
    private final Map<String, Served> pods = new HashMap<>();
    private final Set<String> announced = new HashSet<>();
    private boolean inSnapshot;
    private boolean hasSnapshot;
    private boolean closed;

    /** A pod and, once its listeners are open, its proxy. */
    private static final class Served {
        private final PodRef pod;
        private final NetworkNamespace namespace;
        private @Nullable PodProxy proxy;

        Served(PodRef pod, NetworkNamespace namespace) {
            this.pod = pod;
            this.namespace = namespace;
        }
    }

    /**
     * Serves nothing yet.
     *
     * @param scheduler runs the retries; its owner shuts it down
     */
    public ServedPods(
            Transport transport,
            FlowDecisions decisions,
            TrustDomain trustDomain,
            InetAddress wildcard,
            ScheduledExecutorService scheduler,
            Meter meter) {
        this(transport, decisions, trustDomain, wildcard, ListenPorts.ISTIO, scheduler, meter);
    }

    /**
     * As the other constructor.
     *
     * @param ports on which every pod is served
     */
    public ServedPods(
            Transport transport,
            FlowDecisions decisions,
            TrustDomain trustDomain,
            InetAddress wildcard,
            ListenPorts ports,
            ScheduledExecutorService scheduler,
            Meter meter) {
        this.transport = transport;
        this.decisions = decisions;
        this.trustDomain = trustDomain;
        this.wildcard = wildcard;
        this.ports = ports;
        this.scheduler = scheduler;
        this.meter = meter;
    }

    /** Whether a whole snapshot was received and every pod in it is served. */
    public synchronized boolean isReady() {
        return hasSnapshot && pendingCount() == 0;
    }

    public synchronized int activeCount() {
        return pods.size() - pendingCount();
    }

    public synchronized int pendingCount() {
        return (int)
                pods.values().stream().filter(served -> served.proxy == null).count();
    }

    /** The pods of this node, whether served yet or not. */
    public synchronized List<PodRef> pods() {
        return pods.values().stream().map(served -> served.pod).toList();
    }

    @Override
    public synchronized void snapshotStarted() {
        inSnapshot = true;
        announced.clear();
    }

    @Override
    public synchronized CompletionStage<Void> added(PodRef pod, NetworkNamespace namespace) {
        if (closed) {
            namespace.close();
            return CompletableFuture.failedFuture(new IllegalStateException("this proxy shuts down"));
        }
        announced.add(pod.uid());
        Served known = pods.get(pod.uid());
        if (known != null && known.namespace.id().equals(namespace.id()) && known.proxy != null) {
            namespace.close();
            return CompletableFuture.completedFuture(null);
        }
        if (known != null) {
            LOG.info("pod was announced anew, starting over\tpod={} namespace={}", pod, namespace.id());
            stop(known);
        }
        var served = new Served(pod, namespace);
        pods.put(pod.uid(), served);
        try {
            start(served);
            return CompletableFuture.completedFuture(null);
        } catch (RuntimeException e) {
            LOG.error("cannot serve pod, will try again\tpod={} cause=\"{}\"", pod, e.getMessage());
            retryLater(served);
            return CompletableFuture.failedFuture(
                    new IllegalStateException("failure to start proxy : " + e.getMessage(), e));
        }
    }

    @Override
    public synchronized CompletionStage<Void> kept(String uid) {
        announced.add(uid);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<Void> snapshotCompleted() {
        if (inSnapshot) {
            for (String uid : Set.copyOf(pods.keySet())) {
                if (!announced.contains(uid)) {
                    remove(uid);
                }
            }
        }
        inSnapshot = false;
        hasSnapshot = true;
        LOG.info("the node agent's snapshot is complete\tpods={}", pods.size());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<Void> removed(String uid) {
        remove(uid);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized void disconnected(String why) {
        hasSnapshot = false;
        inSnapshot = false;
        LOG.warn("node agent is away, pods stay served\tcause=\"{}\"", why);
    }

    /** Lets connections of every pod finish until the deadline, then closes them. */
    public CompletionStage<Void> drain(Duration deadline) {
        List<PodProxy> proxies;
        synchronized (this) {
            proxies = pods.values().stream()
                    .flatMap(served -> Optional.ofNullable(served.proxy).stream())
                    .toList();
        }
        return CompletableFuture.allOf(proxies.stream()
                .map(proxy -> proxy.drain(deadline).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    @Override
    public synchronized void close() {
        closed = true;
        Set.copyOf(pods.keySet()).forEach(this::remove);
    }

    private void start(Served served) {
        PodRef pod = served.pod;
        var identity = new SpiffeId(trustDomain, pod.namespace(), pod.serviceAccount());
        served.proxy =
                transport.serve(new Transport.PodBinding(pod, identity, served.namespace, wildcard, ports), decisions);
        meter.increment(Counter.PROXIES_STARTED);
        LOG.info("serving pod\tpod={} identity={}", pod, identity);
    }

    private void retryLater(Served served) {
        if (scheduler.isShutdown()) {
            return;
        }
        var _ = scheduler.schedule(() -> retry(served), RETRY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void retry(Served served) {
        if (closed || pods.get(served.pod.uid()) != served || served.proxy != null) {
            return;
        }
        try {
            start(served);
        } catch (RuntimeException e) {
            LOG.error("still cannot serve pod\tpod={} cause=\"{}\"", served.pod, e.getMessage());
            retryLater(served);
        }
    }

    private void remove(String uid) {
        Served served = pods.remove(uid);
        if (served != null) {
            stop(served);
            LOG.info("no longer serving pod\tpod={}", served.pod);
        }
    }

    private void stop(Served served) {
        PodProxy proxy = served.proxy;
        if (proxy != null) {
            proxy.close();
            meter.increment(Counter.PROXIES_STOPPED);
        }
        served.namespace.close();
    }
}
