package dev.ambit.adapters.loom.tunnel;

import dev.ambit.adapters.loom.http2.HboneStream;
import dev.ambit.adapters.loom.pod.Flow;
import dev.ambit.adapters.loom.pod.Pod;
import dev.ambit.adapters.loom.socket.SocketDuplex;
import dev.ambit.adapters.loom.stream.Deadline;
import dev.ambit.adapters.loom.stream.ErrorText;
import dev.ambit.adapters.loom.tls.TlsEngines;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.credentials.WorkloadCertificate;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The tunnels of one key. One is being made at a time; connections wait for it and share it. What does not fit, or would wait
 * behind bulk, waits for the next one, so nobody waits for a tunnel that will never have room.
 *
 * <p>When the certificate is renewed, new streams go to a new tunnel; the old one is closed after its last stream.
 */
final class Tunnels {
    /** How often a request is sent again that the peer promises not to have looked at. */
    private static final int ATTEMPTS_MAX = 3;

    /** Tunnels that are opened because the others are busy; beyond that only because they are full. */
    private static final int SPREAD_MAX = 4;

    private static final int HBONE_PORT = 15_008;

    /** How often one that waits looks whether it is still wanted. */
    private static final long LOOK_MILLIS = 250;

    private final TunnelKey key;
    private final Pod pod;
    private final TlsEngines engines;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<ClientTunnel> open = new ArrayList<>();
    private final Map<ClientTunnel, Long> unusedSince = new HashMap<>();
    private @Nullable WorkloadCertificate current;
    private @Nullable TunnelFailure lastFailure;
    private long failures;
    private boolean dialling;
    private boolean spareFailed;

    Tunnels(TunnelKey key, Pod pod, TlsEngines engines) {
        this.key = key;
        this.pod = pod;
        this.engines = engines;
    }

    /** Waits for a stream that the other end has accepted. */
    HboneStream connect(WorkloadCertificate certificate, OutboundPlan.Tunnel plan, Flow flow) throws TunnelFailure {
        for (int attempt = 1; true; attempt++) {
            HboneStream stream = request(certificate, plan, flow);
            flow.reaching(stream);
            try {
                stream.answer();
                return stream;
            } catch (HboneStream.NotAccepted refused) {
                if (!refused.isUntouched() || attempt == ATTEMPTS_MAX || flow.isEnded()) {
                    throw new TunnelFailure(ResponseFlag.CONNECT, String.valueOf(refused.getMessage()));
                }
            }
        }
    }

    private HboneStream request(WorkloadCertificate certificate, OutboundPlan.Tunnel plan, Flow flow)
            throws TunnelFailure {
        lock.lock();
        try {
            current = certificate;
            retire();
            long failuresBefore = failures;
            while (true) {
                Optional<HboneStream> stream = stream(certificate, plan);
                if (stream.isPresent()) {
                    return stream.get();
                }
                TunnelFailure failure = lastFailure;
                if (failures != failuresBefore && failure != null) {
                    throw new TunnelFailure(failure.flag(), failure.text());
                }
                if (flow.isEnded()) {
                    throw new TunnelFailure(ResponseFlag.CONNECT, "nobody waits for the tunnel any longer");
                }
                if (!dialling) {
                    dialling = true;
                    Thread.ofVirtual().name("tunnel-dial").start(() -> dial(certificate));
                }
                var _ = changed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new TunnelFailure(ResponseFlag.CONNECT, "interrupted");
        } finally {
            lock.unlock();
        }
    }

    /**
     * A stream of a tunnel on which nobody has to wait behind others, else none as long as there may be one more; and of any
     * that has room when there may not. A tunnel is good for those who waited for it, even if the certificate was renewed
     * meanwhile.
     */
    private Optional<HboneStream> stream(WorkloadCertificate asked, OutboundPlan.Tunnel plan) {
        ClientTunnel congested = null;
        int usable = 0;
        for (ClientTunnel tunnel : open) {
            if (isSame(tunnel.certificate(), current) || isSame(tunnel.certificate(), asked)) {
                usable++;
                if (tunnel.session().hasRoom()) {
                    if (!tunnel.session().isCongested()) {
                        return stream(tunnel, plan);
                    }
                    congested = tunnel;
                }
            }
        }
        boolean mayBeOneMore = usable < SPREAD_MAX && !spareFailed;
        return congested == null || mayBeOneMore ? Optional.empty() : stream(congested, plan);
    }

    private Optional<HboneStream> stream(ClientTunnel tunnel, OutboundPlan.Tunnel plan) {
        unusedSince.remove(tunnel);
        return tunnel.session().connect(plan.authority(), plan.headers());
    }

    /** The instance counts: a renewed certificate may be of the same name. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(WorkloadCertificate one, @Nullable WorkloadCertificate other) {
        return one == other;
    }

    private void dial(WorkloadCertificate certificate) {
        var made = new ClientTunnel[1];
        try {
            SocketDuplex socket = connectHop();
            ClientTunnel tunnel = ClientTunnel.open(
                    socket, key.hop(), certificate, key.expected(), pod, engines, this::settle, () -> over(made));
            dialled(tunnel, made);
        } catch (TunnelFailure failure) {
            failed(failure);
        } catch (RuntimeException broken) {
            failed(new TunnelFailure(ResponseFlag.CONNECT, ErrorText.of(broken)));
        }
    }

    private SocketDuplex connectHop() throws TunnelFailure {
        try {
            return pod.sockets().dial(key.hop(), Optional.empty(), _ -> {});
        } catch (IOException unreachable) {
            String message = "cannot connect to " + key.hop() + ": " + ErrorText.of(unreachable);
            boolean silent =
                    unreachable instanceof SocketTimeoutException && key.hop().port() == HBONE_PORT;
            throw new TunnelFailure(
                    silent ? ResponseFlag.NETWORK_POLICY : ResponseFlag.CONNECT,
                    silent ? message + "; maybe a NetworkPolicy is blocking HBONE port " + HBONE_PORT : message);
        }
    }

    private void dialled(ClientTunnel tunnel, ClientTunnel[] made) {
        lock.lock();
        try {
            dialling = false;
            spareFailed = false;
            made[0] = tunnel;
            if (!tunnel.session().isOver()) {
                open.add(tunnel);
                closeWhenUnused(tunnel, pod.limits().tunnels().idleTimeout());
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void failed(TunnelFailure failure) {
        lock.lock();
        try {
            dialling = false;
            // Those who only wanted a better tunnel than there is get the one there is.
            spareFailed = !open.isEmpty();
            lastFailure = failure;
            failures++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void over(ClientTunnel[] made) {
        lock.lock();
        try {
            ClientTunnel tunnel = made[0];
            if (tunnel != null) {
                open.remove(tunnel);
                unusedSince.remove(tunnel);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Tunnels without streams start to grow old, or end at once when their certificate has been renewed. */
    private void settle() {
        lock.lock();
        try {
            retire();
            for (ClientTunnel tunnel : open) {
                if (tunnel.session().open() == 0) {
                    unusedSince.putIfAbsent(tunnel, System.nanoTime());
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void retire() {
        for (ClientTunnel tunnel : List.copyOf(open)) {
            if (!isSame(tunnel.certificate(), current) && tunnel.session().open() == 0) {
                tunnel.session().close();
            }
        }
    }

    /** Looks when it could be too old, and again when it was used meanwhile. */
    private void closeWhenUnused(ClientTunnel tunnel, Duration left) {
        var _ = Deadline.after(left, () -> {
            if (tunnel.session().isOver()) {
                return;
            }
            Duration more = untilTooOld(tunnel);
            if (more.isPositive()) {
                closeWhenUnused(tunnel, more);
            } else {
                tunnel.session().close();
            }
        });
    }

    private Duration untilTooOld(ClientTunnel tunnel) {
        Duration idle = pod.limits().tunnels().idleTimeout();
        lock.lock();
        try {
            Long since = unusedSince.get(tunnel);
            return since == null || tunnel.session().open() > 0 ? idle : idle.minusNanos(System.nanoTime() - since);
        } finally {
            lock.unlock();
        }
    }
}
