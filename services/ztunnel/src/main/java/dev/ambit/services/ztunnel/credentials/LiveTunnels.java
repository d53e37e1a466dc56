package dev.ambit.services.ztunnel.credentials;

import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.credentials.Revocations;
import dev.ambit.ports.credentials.RevokedCertificate;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import dev.ambit.ports.transport.TunnelWatch;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tunnels of this node, and whether what they rest on still holds. One whose peer's certificate is revoked is ended;
 * one that rests on a root or an identity that is no longer ours is drained, and ended if it lives on for too long. At a
 * bounded rate; the others do not notice.
 */
public final class LiveTunnels implements TunnelWatch {
    private static final Logger LOG = LoggerFactory.getLogger(LiveTunnels.class);

    /** A thousand a second: a node's tunnels within seconds, and no storm of handshakes that replace them. */
    static final int HANDLED_PER_TURN = 100;

    static final Duration TURN = Duration.ofMillis(100);

    /** How long the streams of a drained tunnel may go on. */
    static final Duration DRAIN_MAX = Duration.ofMinutes(10);

    private final Revocations revocations;
    private final ScheduledExecutorService scheduler;
    private final Meter meter;
    private final Map<LiveTunnel, Trust> live = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Runnable> due = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean working = new AtomicBoolean();

    /** What is being done about a tunnel. */
    private enum Trust {
        HOLDS,
        BEING_DRAINED,
        BEING_ENDED
    }

    /** @param scheduler runs what happens to tunnels; its owner shuts it down */
    public LiveTunnels(Revocations revocations, ScheduledExecutorService scheduler, Meter meter) {
        this.revocations = revocations;
        this.scheduler = scheduler;
        this.meter = meter;
        revocations.onChange(this::checkRevocations);
    }

    /** How many there are. */
    public int count() {
        return live.size();
    }

    @Override
    public void opened(LiveTunnel tunnel) {
        live.put(tunnel, Trust.HOLDS);
        if (tunnel.peerChain().isEmpty()) {
            meter.increment(Counter.CRL_UNTRACKED, tunnel.reporter().label());
        }
        // A list may have come between the handshake and this line.
        checkRevocation(tunnel);
    }

    @Override
    public void closed(LiveTunnel tunnel) {
        live.remove(tunnel);
    }

    @Override
    public void refused(Reporter reporter, RevokedCertificate revoked) {
        meter.increment(Counter.CRL_REJECTIONS, reporter.label());
    }

    private void checkRevocations() {
        live.keySet().forEach(this::checkRevocation);
    }

    private void checkRevocation(LiveTunnel tunnel) {
        Optional<RevokedCertificate> revoked =
                revocations.revokedIn(tunnel.peerChain(), tunnel.own().roots());
        if (revoked.isPresent() && live.replace(tunnel, Trust.BEING_ENDED) != Trust.BEING_ENDED) {
            later(() -> end(tunnel, revoked.get()));
        }
    }

    private void end(LiveTunnel tunnel, RevokedCertificate revoked) {
        if (live.containsKey(tunnel)) {
            meter.increment(Counter.CRL_REJECTIONS, tunnel.reporter().label());
            LOG.warn(
                    "tunnel ended, peer certificate was revoked\tdirection={} pod={} peer={} certificate=\"{}\"",
                    tunnel.reporter().direction(),
                    tunnel.pod(),
                    tunnel.peer(),
                    revoked);
            tunnel.end(new RefusalReason.CertificateRevoked(revoked.toString()));
        }
    }

    /** A new certificate has arrived: tunnels of its identity go on, unless they rest on a root that it does not trust. */
    public void renewed(WorkloadCertificate fresh) {
        live.keySet().stream()
                .filter(tunnel -> tunnel.own().identity().equals(fresh.identity()) && isReRooted(tunnel, fresh))
                .forEach(tunnel -> replace(tunnel, "root", "a root is no longer trusted by " + fresh.identity()));
    }

    private static boolean isReRooted(LiveTunnel tunnel, WorkloadCertificate fresh) {
        WorkloadCertificate old = tunnel.own();
        return !Set.copyOf(fresh.roots()).containsAll(old.roots())
                && !(isBelow(old.chain(), fresh.roots()) && isBelow(tunnel.peerChain(), fresh.roots()));
    }

    /** The chain has been verified before; only its anchor is in question. */
    private static boolean isBelow(List<X509Certificate> chain, List<X509Certificate> roots) {
        return chain.stream()
                .anyMatch(certificate ->
                        roots.contains(certificate) || roots.stream().anyMatch(root -> isSignedBy(certificate, root)));
    }

    private static boolean isSignedBy(X509Certificate certificate, X509Certificate root) {
        if (!certificate.getIssuerX500Principal().equals(root.getSubjectX500Principal())) {
            return false;
        }
        try {
            certificate.verify(root.getPublicKey());
            return true;
        } catch (GeneralSecurityException anotherKey) {
            return false;
        }
    }

    /**
     * The pods may be others now than when their tunnels were made.
     *
     * @param identity of a pod, if it is known
     */
    public void identitiesAre(Function<PodRef, Optional<SpiffeId>> identity) {
        Map<PodRef, Optional<SpiffeId>> asked = new HashMap<>();
        for (LiveTunnel tunnel : live.keySet()) {
            SpiffeId shown = tunnel.own().identity();
            asked.computeIfAbsent(tunnel.pod(), identity)
                    .filter(now -> !now.equals(shown))
                    .ifPresent(now -> replace(tunnel, "identity", tunnel.pod() + " was " + shown + " and is " + now));
        }
    }

    private void replace(LiveTunnel tunnel, String reason, String change) {
        if (live.replace(tunnel, Trust.HOLDS, Trust.BEING_DRAINED)) {
            later(() -> drain(tunnel, reason, change));
        }
    }

    private void drain(LiveTunnel tunnel, String reason, String change) {
        if (!live.containsKey(tunnel)) {
            return;
        }
        meter.increment(Counter.TUNNELS_REPLACED, tunnel.reporter().label(), reason);
        LOG.info(
                "tunnel is being replaced\tdirection={} pod={} peer={} cause=\"{}\" ends_within={}",
                tunnel.reporter().direction(),
                tunnel.pod(),
                tunnel.peer(),
                change,
                DRAIN_MAX);
        tunnel.drain();
        schedule(
                () -> {
                    if (live.containsKey(tunnel)) {
                        LOG.info(
                                "drained tunnel ended with streams on it\tpod={} peer={}", tunnel.pod(), tunnel.peer());
                        tunnel.end(new RefusalReason.TrustChanged(change));
                    }
                },
                DRAIN_MAX);
    }

    private void later(Runnable action) {
        due.add(action);
        if (working.compareAndSet(false, true)) {
            schedule(this::work, Duration.ZERO);
        }
    }

    private void work() {
        for (int i = 0; i < HANDLED_PER_TURN; i++) {
            Runnable action = due.poll();
            if (action == null) {
                break;
            }
            action.run();
        }
        working.set(false);
        if (!due.isEmpty() && working.compareAndSet(false, true)) {
            schedule(this::work, TURN);
        }
    }

    private void schedule(Runnable action, Duration pause) {
        try {
            var _ = scheduler.schedule(action, pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.debug("this proxy shuts down, its tunnels end anyway");
        }
    }
}
