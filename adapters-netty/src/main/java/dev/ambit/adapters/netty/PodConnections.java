package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.http2.ServerSession;
import dev.ambit.adapters.netty.relay.BufferBudget;
import dev.ambit.adapters.netty.socket.PodSockets;
import dev.ambit.adapters.netty.socket.SocketBudget;
import dev.ambit.adapters.netty.tls.TlsContexts;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.ports.credentials.Credentials;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.ports.transport.PodUsage;
import dev.ambit.ports.transport.Strain;
import dev.ambit.ports.transport.Transport.PodBinding;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSecurity;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything one pod has open, and the way to the application's decisions. Safe for use by several event loops. */
final class PodConnections {
    private static final Logger LOG = LoggerFactory.getLogger(PodConnections.class);

    private static final long STRAIN_PAUSE_NANOS = 1_000_000_000L;

    private final PodBinding pod;
    private final FlowDecisions decisions;
    private final NettyOptions options;
    private final TransportLimits limits;
    private final TransportSecurity security;
    private final TlsContexts tls;
    private final PodSockets sockets;
    private final Neighbours neighbours;
    private final SocketBudget.Share socketShare;
    private final BufferBudget buffers;
    private final Map<Strain, AtomicLong> strains = new ConcurrentHashMap<>();
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Set<Flow> flows = ConcurrentHashMap.newKeySet();
    private final Set<ServerSession> telling = ConcurrentHashMap.newKeySet();
    private final Map<ServerSession, EventLoop> sessions = new ConcurrentHashMap<>();
    private final Map<EventLoop, TunnelPool> pools = new ConcurrentHashMap<>();
    /** Plans asked for, handshakes under way, peers that have not seen GOAWAY yet: what may become a flow. */
    private final AtomicInteger expecting = new AtomicInteger();

    private volatile Runnable whenQuiet = () -> {};
    private volatile boolean leaving;
    private volatile boolean closed;

    PodConnections(
            PodBinding pod,
            FlowDecisions decisions,
            NettyOptions options,
            TransportLimits limits,
            TransportSecurity security,
            TlsContexts tls,
            Neighbours neighbours,
            SocketBudget.Share socketShare,
            BufferBudget.Node bufferNode) {
        this.pod = pod;
        this.decisions = decisions;
        this.options = options;
        this.limits = limits;
        this.security = security;
        this.tls = tls;
        this.sockets = new PodSockets(pod.namespace(), limits, socketShare);
        this.neighbours = neighbours;
        this.socketShare = socketShare;
        this.buffers = new BufferBudget(
                limits.capacity().podBufferedBytes(), bufferNode, message -> strained(Strain.BUFFERS, message));
    }

    PodBinding pod() {
        return pod;
    }

    FlowDecisions decisions() {
        return decisions;
    }

    NettyOptions options() {
        return options;
    }

    TransportLimits limits() {
        return limits;
    }

    Credentials credentials() {
        return security.credentials();
    }

    TransportSecurity security() {
        return security;
    }

    /** The pod's own certificate, which its HBONE listener presents. Fails with a message that says whose is missing. */
    CompletionStage<WorkloadCertificate> certificate() {
        return decisions
                .identity(pod.pod())
                .thenCompose(identity -> security.credentials()
                        .certificate(identity)
                        .exceptionally(e -> {
                            throw new IllegalStateException(
                                    "no certificate for " + identity + ": " + ErrorText.of(e), e);
                        }));
    }

    TlsContexts tls() {
        return tls;
    }

    PodSockets sockets() {
        return sockets;
    }

    /** Another pod of this process (or this one) that takes connections. */
    Optional<PodConnections> neighbour(String namespace, String name) {
        return neighbours.find(namespace, name);
    }

    TunnelPool pool(EventLoop loop) {
        return pools.computeIfAbsent(loop, own -> new TunnelPool(this, own));
    }

    /** Closes the channel with the pod. */
    void track(Channel channel) {
        channels.add(channel);
    }

    void track(ServerSession session, EventLoop loop) {
        sessions.put(session, loop);
    }

    void forget(ServerSession session) {
        sessions.remove(session);
        told(session);
    }

    /** The session has greeted its peer. */
    void ready(ServerSession session) {
        EventLoop loop = sessions.get(session);
        if (leaving && loop != null) {
            goAway(session, loop);
        }
    }

    /** Something began that may become a flow; {@link #settled} follows exactly once. */
    void expect() {
        expecting.incrementAndGet();
    }

    void settled() {
        expecting.decrementAndGet();
        checkQuiet();
    }

    /** Asks for a plan; while the answer is out, the pod is not quiet. */
    <T> void plan(
            EventLoop loop, Supplier<CompletionStage<T>> question, Consumer<T> answer, Consumer<Throwable> failure) {
        expect();
        Answers.ask(
                loop,
                question,
                plan -> {
                    answer.accept(plan);
                    settled();
                },
                error -> {
                    LOG.warn("no plan for a connection\tpod={} error=\"{}\"", pod.pod(), ErrorText.of(error));
                    failure.accept(error);
                    settled();
                });
    }

    /** @param known whether the application hears about it now, or by {@link #announce} */
    void opened(Flow flow, boolean known) {
        flows.add(flow);
        if (known) {
            announce(flow);
        }
        if (closed) {
            flow.end(new RefusalReason.Draining());
        }
    }

    void announce(Flow flow) {
        decisions.opened(flow);
    }

    void closed(Flow flow, FlowReport report) {
        flows.remove(flow);
        decisions.closed(report);
        checkQuiet();
    }

    void refused(FlowContext context, RefusalReason reason) {
        decisions.closed(new FlowReport(context, 0, 0, Duration.ZERO, new FlowOutcome.Refused(reason)));
    }

    void rejected(Reporter reporter, IpPort client, IpPort local, String error) {
        decisions.rejected(reporter, client, local, ErrorText.line(error));
    }

    /** What the pod's connections may hold. */
    PodUsage usage() {
        return new PodUsage(socketShare.held(), buffers.held());
    }

    BufferBudget buffers() {
        return buffers;
    }

    /** Closes an accepted connection for which there is no socket to spare; false then. */
    boolean admit(SocketChannel connection) {
        if (sockets.admit(connection)) {
            return true;
        }
        connection.config().setSoLinger(0);
        connection.close();
        strained(Strain.SOCKETS, socketShare.exhausted());
        return false;
    }

    /** Says so, but not for every connection. */
    void strained(Strain strain, String message) {
        long now = System.nanoTime();
        AtomicLong told = strains.computeIfAbsent(strain, _ -> new AtomicLong(now - STRAIN_PAUSE_NANOS));
        long last = told.get();
        if (now - last >= STRAIN_PAUSE_NANOS && told.compareAndSet(last, now)) {
            decisions.strained(pod.pod(), strain, ErrorText.line(message));
        }
    }

    /** Tells tunnels to take no more streams. */
    void goAway() {
        neighbours.remove(this);
        leaving = true;
        sessions.forEach(this::goAway);
    }

    /** Until the peer has seen it, streams may be under way to us. */
    private void goAway(ServerSession session, EventLoop loop) {
        if (telling.add(session)) {
            expect();
            Answers.on(loop, () -> {
                if (session.isOver()) {
                    told(session);
                } else {
                    session.goAway(() -> told(session));
                }
            });
        }
    }

    private void told(ServerSession session) {
        if (telling.remove(session)) {
            settled();
        }
    }

    /** Runs the action as soon as nothing is carried, and perhaps again. */
    void whenQuiet(Runnable action) {
        whenQuiet = action;
        checkQuiet();
    }

    private void checkQuiet() {
        if (flows.isEmpty() && expecting.get() == 0) {
            whenQuiet.run();
        }
    }

    /** Ends what is left. The result completes when every socket is closed. */
    io.netty.util.concurrent.Future<Void> close() {
        closed = true;
        neighbours.remove(this);
        flows.forEach(flow -> flow.end(new RefusalReason.Draining()));
        sessions.forEach((session, loop) -> Answers.on(loop, session::close));
        pools.forEach((loop, pool) -> Answers.on(loop, pool::close));
        channels.close();
        return channels.newCloseFuture();
    }
}
