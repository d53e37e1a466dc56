package dev.ambit.ports.transport;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.workload.PodRef;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Answers with plans that the test sets, and remembers what it is told. */
public final class RecordingDecisions implements FlowDecisions {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    public final BlockingQueue<OutboundAttempt> outboundAttempts = new LinkedBlockingQueue<>();
    public final BlockingQueue<InboundAttempt> inboundAttempts = new LinkedBlockingQueue<>();
    public final BlockingQueue<LiveFlow> opened = new LinkedBlockingQueue<>();
    public final BlockingQueue<FlowReport> closed = new LinkedBlockingQueue<>();
    public final BlockingQueue<Rejection> rejected = new LinkedBlockingQueue<>();

    public final BlockingQueue<Strained> strained = new LinkedBlockingQueue<>();

    private final Map<Reporter, Integer> sockets = new ConcurrentHashMap<>();
    private volatile Function<OutboundAttempt, OutboundPlan> outbound = attempt -> {
        throw new IllegalStateException("the test expects no outbound connection: " + attempt);
    };
    private volatile Function<InboundAttempt, InboundPlan> inbound = attempt -> {
        throw new IllegalStateException("the test expects no inbound connection: " + attempt);
    };

    /** What {@link FlowDecisions#rejected} was told. */
    public record Rejection(Reporter reporter, IpPort client, IpPort local, String error) {}

    /** What {@link FlowDecisions#strained} was told. */
    public record Strained(PodRef pod, Strain strain, String message) {}

    public void planOutbound(Function<OutboundAttempt, OutboundPlan> plan) {
        outbound = plan;
    }

    public void planInbound(Function<InboundAttempt, InboundPlan> plan) {
        inbound = plan;
    }

    /** As the pod says of itself, in the trust domain cluster.local. */
    @Override
    public CompletionStage<SpiffeId> identity(PodRef pod) {
        return CompletableFuture.completedFuture(
                new SpiffeId(TrustDomain.CLUSTER_LOCAL, pod.namespace(), pod.serviceAccount()));
    }

    /** Answers later and on another thread, as an application may. */
    @Override
    public CompletionStage<OutboundPlan> outbound(OutboundAttempt attempt) {
        outboundAttempts.add(attempt);
        return CompletableFuture.supplyAsync(() -> outbound.apply(attempt), Thread::startVirtualThread);
    }

    @Override
    public CompletionStage<InboundPlan> inbound(InboundAttempt attempt) {
        inboundAttempts.add(attempt);
        return CompletableFuture.completedFuture(inbound.apply(attempt));
    }

    /** Sockets that are open now, by the side they were accepted on. */
    public int sockets(Reporter reporter) {
        return sockets.getOrDefault(reporter, 0);
    }

    @Override
    public void socketOpened(Reporter reporter) {
        sockets.merge(reporter, 1, Integer::sum);
    }

    @Override
    public void socketClosed(Reporter reporter) {
        sockets.merge(reporter, -1, Integer::sum);
    }

    @Override
    public void opened(LiveFlow flow) {
        opened.add(flow);
    }

    @Override
    public void closed(FlowReport report) {
        closed.add(report);
    }

    @Override
    public void rejected(Reporter reporter, IpPort client, IpPort local, String error) {
        rejected.add(new Rejection(reporter, client, local, error));
    }

    @Override
    public void strained(PodRef pod, Strain strain, String message) {
        strained.add(new Strained(pod, strain, message));
    }

    /** The next of a queue; fails the test if none comes. */
    public static <T> T next(BlockingQueue<T> queue) {
        try {
            T next = queue.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new AssertionError("nothing came within " + PATIENCE);
            }
            return next;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
