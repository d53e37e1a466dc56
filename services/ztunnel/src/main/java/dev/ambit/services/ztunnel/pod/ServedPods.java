package dev.ambit.services.ztunnel.pod;

import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.PodFeed;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.ports.transport.ListenPorts;
import dev.ambit.ports.transport.PodProxy;
import dev.ambit.ports.transport.PodUsage;
import dev.ambit.ports.transport.Transport;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pods that the node agent handed over. A pod whose listeners cannot be opened is refused to the agent, kept, and
 * tried again; until it works this proxy is not ready.
 *
 * <p>A pod that another proxy serves already is taken over only once this one is prepared: new connections come to the
 * newest listener from the moment it is open.
 */
public final class ServedPods implements PodFeed.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServedPods.class);

    /** Between attempts to open a pod's listeners (Istio's ztunnel's figure). */
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final Transport transport;
    private final FlowDecisions decisions;
    private final TakeOver takeOver;
    private final InetAddress wildcard;
    private final ListenPorts ports;
    private final ScheduledExecutorService scheduler;
    private final Meter meter;
    private final Map<String, ServedPod> pods = new HashMap<>();
    private final Set<String> announced = new HashSet<>();
    private Optional<PodProxy> itself = Optional.empty();
    private final CompletableFuture<String> broken = new CompletableFuture<>();
    private boolean inSnapshot;
    private boolean hasSnapshot;
    private boolean serving;
    private boolean leaving;

    /**
     * Serves nothing yet.
     *
     * @param scheduler runs the retries; its owner shuts it down
     */
    public ServedPods(
            Transport transport,
            FlowDecisions decisions,
            TakeOver takeOver,
            InetAddress wildcard,
            ScheduledExecutorService scheduler,
            Meter meter) {
        this(transport, decisions, takeOver, wildcard, ListenPorts.ISTIO, scheduler, meter);
    }

    /**
     * As the other constructor.
     *
     * @param ports on which every pod is served
     */
    public ServedPods(
            Transport transport,
            FlowDecisions decisions,
            TakeOver takeOver,
            InetAddress wildcard,
            ListenPorts ports,
            ScheduledExecutorService scheduler,
            Meter meter) {
        this.transport = transport;
        this.decisions = decisions;
        this.takeOver = takeOver;
        this.wildcard = wildcard;
        this.ports = ports;
        this.scheduler = scheduler;
        this.meter = meter;
    }

    /** Whether a whole snapshot was received, every pod in it is served, and this proxy does not shut down. */
    public synchronized boolean isReady() {
        return hasSnapshot && pendingCount() == 0 && !leaving;
    }

    /**
     * Whether this proxy, its DNS with it, is up for those it is given: alone it listens, beside an agent it listens for
     * agents' pods; and it does not shut down.
     */
    public synchronized boolean isServing() {
        return serving && !leaving;
    }

    /** From now on pods that the agent hands over are served. */
    public synchronized void begin() {
        serving = true;
    }

    public synchronized int activeCount() {
        return pods.size() - pendingCount();
    }

    /**
     * Serves the one workload of this process's own namespace, without a node agent.
     *
     * @throws dev.ambit.ports.transport.TransportException if a port cannot be opened
     */
    public synchronized void serveAlone(PodRef pod, NetworkNamespace home) {
        var served = new ServedPod(pod, home);
        pods.put(pod.uid(), served);
        listen(served, binding(served));
        hasSnapshot = true;
        serving = true;
    }

    /**
     * Makes this proxy itself reachable through tunnels, beside the pods it serves. Neither the agent's doing nor counted
     * among its pods.
     *
     * @throws dev.ambit.ports.transport.TransportException if the port cannot be opened
     */
    public synchronized void serveItself(PodRef pod, NetworkNamespace home, FlowDecisions own) {
        itself = Optional.of(
                transport.serve(new Transport.PodBinding(pod, home, wildcard, ListenPorts.TUNNEL_ONLY), own));
        LOG.info("this proxy can be reached through tunnels\tpod={}", pod);
    }

    public synchronized int pendingCount() {
        return (int) pods.values().stream().filter(ServedPod::isPending).count();
    }

    /** The pods of this node, whether served yet or not. */
    public synchronized List<PodRef> pods() {
        return pods.values().stream().map(served -> served.pod).toList();
    }

    /** The same, and how each stands. */
    public synchronized List<PodState> states() {
        return pods.values().stream().map(ServedPod::state).toList();
    }

    /** What each pod that is served has of the transport. */
    public synchronized Map<PodRef, PodUsage> usage() {
        var usage = new HashMap<PodRef, PodUsage>();
        pods.values().forEach(served -> served.proxy().ifPresent(proxy -> usage.put(served.pod, proxy.usage())));
        return usage;
    }

    @Override
    public synchronized void snapshotStarted() {
        inSnapshot = true;
        announced.clear();
    }

    @Override
    public synchronized CompletionStage<Void> added(PodRef pod, NetworkNamespace namespace) {
        announced.add(pod.uid());
        ServedPod known = pods.get(pod.uid());
        if (known != null && known.namespace.id().equals(namespace.id()) && !known.isPending()) {
            namespace.close();
            return CompletableFuture.completedFuture(null);
        }
        if (leaving) {
            namespace.close();
            return CompletableFuture.failedFuture(new IllegalStateException("this proxy shuts down"));
        }
        if (known != null) {
            LOG.info("pod was announced anew, starting over\tpod={} namespace={}", pod, namespace.id());
            stop(known);
        }
        var served = new ServedPod(pod, namespace);
        pods.put(pod.uid(), served);
        return start(served).exceptionally(e -> {
            String why = causeOf(e);
            LOG.error("cannot serve pod, will try again\tpod={} cause=\"{}\"", pod, why);
            retryLater(served);
            throw new IllegalStateException("failure to start proxy : " + why, e);
        });
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

    @Override
    public void broken(String violation) {
        broken.complete(violation);
    }

    /** Done when the node agent has broken ZDS, with what it did: pods come and go unheard from then on. */
    public CompletionStage<String> broken() {
        return broken.minimalCompletionStage();
    }

    /**
     * Takes no more connections and lets those of every pod finish until the deadline, then closes them. Pods that the
     * agent removes meanwhile are ended at once.
     *
     * @param deadline for pods that nobody else serves
     * @param upgradeDeadline for pods that another proxy serves, too
     * @return done when nothing is carried any more
     */
    public CompletionStage<Void> drain(Duration deadline, Duration upgradeDeadline) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        synchronized (this) {
            leaving = true;
            int handedOver = 0;
            for (ServedPod served : List.copyOf(pods.values())) {
                if (served.isPending()) {
                    remove(served.pod.uid());
                    continue;
                }
                PodProxy proxy = served.proxy().orElseThrow();
                boolean successor = proxy.hasSuccessor();
                handedOver += successor ? 1 : 0;
                all.add(proxy.drain(successor ? upgradeDeadline : deadline)
                        .thenRun(() -> drained(served))
                        .toCompletableFuture());
            }
            itself.ifPresent(own -> all.add(own.drain(deadline).toCompletableFuture()));
            LOG.info("leaving pods\tpods={} ofThemHandedOver={}", all.size(), handedOver);
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    private synchronized void drained(ServedPod served) {
        if (pods.remove(served.pod.uid(), served)) {
            stop(served);
        }
    }

    @Override
    public synchronized void close() {
        leaving = true;
        Set.copyOf(pods.keySet()).forEach(this::remove);
        itself.ifPresent(PodProxy::close);
    }

    private Transport.PodBinding binding(ServedPod served) {
        return new Transport.PodBinding(served.pod, served.namespace, wildcard, ports);
    }

    /** Opens the pod's listeners, at once or when this proxy is prepared to take them over. */
    private CompletionStage<Void> start(ServedPod served) {
        try {
            Transport.PodBinding binding = binding(served);
            if (!transport.isServed(binding)) {
                listen(served, binding);
                return CompletableFuture.completedFuture(null);
            }
            LOG.info("another proxy serves the pod, preparing to take over\tpod={}", served.pod);
            // On a thread of ours: only platform threads enter namespaces, and certificates arrive on virtual ones.
            return takeOver.prepared(served.pod).thenRunAsync(() -> listen(served, binding), scheduler);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private synchronized void listen(ServedPod served, Transport.PodBinding binding) {
        if (isGone(served)) {
            return;
        }
        served.up(transport.serve(binding, decisions));
        meter.increment(Counter.PROXIES_STARTED);
        LOG.info("serving pod\tpod={}", served.pod);
    }

    /** Whether nobody waits for the pod to be served any more. */
    private boolean isGone(ServedPod served) {
        return leaving || pods.get(served.pod.uid()) != served || !served.isPending();
    }

    private void retryLater(ServedPod served) {
        if (scheduler.isShutdown()) {
            return;
        }
        var _ = scheduler.schedule(() -> retry(served), RETRY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void retry(ServedPod served) {
        if (isGone(served)) {
            return;
        }
        var _ = start(served).exceptionally(e -> {
            LOG.error("still cannot serve pod\tpod={} cause=\"{}\"", served.pod, causeOf(e));
            retryLater(served);
            return null;
        });
    }

    private static String causeOf(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(cause.getMessage());
    }

    private void remove(String uid) {
        ServedPod served = pods.remove(uid);
        if (served != null) {
            stop(served);
            LOG.info("no longer serving pod\tpod={}", served.pod);
        }
    }

    private void stop(ServedPod served) {
        served.proxy().ifPresent(proxy -> {
            proxy.close();
            meter.increment(Counter.PROXIES_STOPPED);
        });
        served.namespace.close();
    }
}
