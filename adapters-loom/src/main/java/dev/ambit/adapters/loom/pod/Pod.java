package dev.ambit.adapters.loom.pod;

import dev.ambit.adapters.loom.socket.PodSockets;
import dev.ambit.adapters.loom.stream.BufferBudget;
import dev.ambit.adapters.loom.stream.BufferPool;
import dev.ambit.adapters.loom.stream.Duplex;
import dev.ambit.adapters.loom.stream.ErrorText;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.BufferShare;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.ports.transport.PodUsage;
import dev.ambit.ports.transport.Strain;
import dev.ambit.ports.transport.Transport.PodBinding;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSecurity;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything one pod has open, and the way to the application's decisions. Safe for use by several threads. */
public final class Pod {
    private static final Logger LOG = LoggerFactory.getLogger(Pod.class);
    private static final long STRAIN_PAUSE_NANOS = 1_000_000_000L;

    /** How often one that waits for an answer looks whether the pod is still served. */
    private static final long PATIENCE_MILLIS = 250;

    private final PodBinding binding;
    private final FlowDecisions decisions;
    private final TransportLimits limits;
    private final TransportSecurity security;
    private final PodSockets sockets;
    private final BufferBudget buffers;
    private final BufferPool pool;
    private final Set<Flow> flows = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final Map<Strain, AtomicLong> strains = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean closed;

    /** A pod whose buffers count against the node's. */
    public Pod(
            PodBinding binding,
            FlowDecisions decisions,
            TransportLimits limits,
            TransportSecurity security,
            PodSockets sockets,
            AtomicLong heldByNode,
            BufferPool pool) {
        this.binding = binding;
        this.decisions = decisions;
        this.limits = limits;
        this.security = security;
        this.sockets = sockets;
        this.pool = pool;
        var share = new BufferShare(
                limits.capacity().podBufferedBytes(), limits.capacity().nodeBufferedBytes());
        this.buffers = new BufferBudget(share, heldByNode, message -> strained(Strain.BUFFERS, message));
    }

    /** Who it is and where it listens. */
    public PodBinding binding() {
        return binding;
    }

    /** Who it is. */
    public PodRef ref() {
        return binding.pod();
    }

    /** Where its connections are decided about. */
    public FlowDecisions decisions() {
        return decisions;
    }

    public TransportLimits limits() {
        return limits;
    }

    public TransportSecurity security() {
        return security;
    }

    public PodSockets sockets() {
        return sockets;
    }

    public BufferBudget buffers() {
        return buffers;
    }

    public BufferPool pool() {
        return pool;
    }

    /** What the pod's connections hold. */
    public PodUsage usage() {
        return new PodUsage(sockets.held(), buffers.held());
    }

    /**
     * Waits for an answer that may come later, or never.
     *
     * @throws CompletionException if there is none, or the pod is not served any more
     */
    public <T> T ask(Supplier<CompletionStage<T>> question) {
        CompletableFuture<T> answer = question.get().toCompletableFuture();
        while (true) {
            try {
                return answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException later) {
                if (closed) {
                    throw new CompletionException("pod " + ref() + " is no longer served", later);
                }
            } catch (ExecutionException failed) {
                throw new CompletionException(failed.getCause());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new CompletionException("interrupted", interrupted);
            }
        }
    }

    /** As {@link #ask}, for a plan, whose absence is logged. */
    public <T> T plan(Supplier<CompletionStage<T>> question) {
        try {
            return ask(question);
        } catch (RuntimeException failed) {
            LOG.warn("no plan for a connection\tpod={} error=\"{}\"", ref(), ErrorText.of(failed));
            throw failed;
        }
    }

    /** The pod's own certificate, which its HBONE listener presents. Fails with a message that says whose is missing. */
    public WorkloadCertificate certificate() {
        return ask(() -> decisions
                .identity(ref())
                .thenCompose(identity -> security.credentials()
                        .certificate(identity)
                        .exceptionally(e -> {
                            throw new IllegalStateException(
                                    "no certificate for " + identity + ": " + ErrorText.of(e), e);
                        })));
    }

    /** A listener accepted a socket. */
    public void opened(Reporter reporter) {
        accepted.incrementAndGet();
        decisions.socketOpened(reporter);
    }

    /** A socket that was {@link #opened} is closed. */
    public void closed(Reporter reporter) {
        decisions.socketClosed(reporter);
        accepted.decrementAndGet();
        tellChange();
    }

    /** Begins to carry out a plan that refuses nothing; the flow's thread is the caller's. */
    public Flow open(FlowContext context, FlowDecisions.Plan plan, Duplex initiator) {
        Flow flow = openUnannounced(context, plan, initiator);
        flow.reached(context);
        return flow;
    }

    /** As {@link #open}, when the destination is not known yet: the application hears of it once it is, or at the end. */
    public Flow openUnannounced(FlowContext context, FlowDecisions.Plan plan, Duplex initiator) {
        var flow = new Flow(context, plan, this, initiator);
        flows.add(flow);
        if (closed) {
            flow.end(new RefusalReason.Draining());
        }
        return flow;
    }

    void over(Flow flow, FlowReport report) {
        decisions.closed(report);
        flows.remove(flow);
        tellChange();
    }

    /** A plan that refuses is carried out. */
    public void refused(FlowContext context, RefusalReason reason) {
        decisions.closed(new FlowReport(context, 0, 0, Duration.ZERO, new FlowOutcome.Refused(reason)));
    }

    /** There was nothing to plan. */
    public void rejected(Reporter reporter, IpPort client, IpPort local, String error) {
        decisions.rejected(reporter, client, local, ErrorText.line(error));
    }

    /** Says so, but not for every connection. */
    public void strained(Strain strain, String message) {
        long now = System.nanoTime();
        AtomicLong told = strains.computeIfAbsent(strain, _ -> new AtomicLong(now - STRAIN_PAUSE_NANOS));
        long last = told.get();
        if (now - last >= STRAIN_PAUSE_NANOS && told.compareAndSet(last, now)) {
            decisions.strained(ref(), strain, ErrorText.line(message));
        }
    }

    private void tellChange() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isQuiet() {
        return flows.isEmpty() && accepted.get() == 0;
    }

    /** Waits until nothing is accepted or carried any more, but no longer than this. */
    public void awaitQuiet(Duration most) {
        long nanos = most.toNanos();
        lock.lock();
        try {
            while (!isQuiet() && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Ends what is left. */
    public void close() {
        closed = true;
        flows.forEach(flow -> flow.end(new RefusalReason.Draining()));
        sockets.close();
    }
}
