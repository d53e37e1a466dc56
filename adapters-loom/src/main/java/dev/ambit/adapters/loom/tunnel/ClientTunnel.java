package dev.ambit.adapters.loom.tunnel;

import dev.ambit.adapters.loom.http2.ClientSession;
import dev.ambit.adapters.loom.pod.Pod;
import dev.ambit.adapters.loom.stream.Deadline;
import dev.ambit.adapters.loom.stream.Duplex;
import dev.ambit.adapters.loom.stream.ErrorText;
import dev.ambit.adapters.loom.tls.TlsEngines;
import dev.ambit.adapters.loom.tls.TlsWire;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.trust.PeerIdentities;
import dev.ambit.ports.trust.PeerRefused;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;

/** The dialling end of a tunnel over a stream that is there: TLS, then HTTP/2 on a thread of its own. */
final class ClientTunnel {
    private final WorkloadCertificate certificate;
    private final ClientSession session;
    private final List<X509Certificate> peerChain;

    private ClientTunnel(WorkloadCertificate certificate, ClientSession session, List<X509Certificate> peerChain) {
        this.certificate = certificate;
        this.session = session;
        this.peerChain = peerChain;
    }

    /**
     * Opens a tunnel, and returns when streams can be opened on it.
     *
     * @param changed runs, on a thread of its own, when there may be room for one more stream
     * @param over runs when the tunnel is over
     */
    static ClientTunnel open(
            Duplex carrier,
            IpPort hop,
            WorkloadCertificate certificate,
            Set<SpiffeId> expected,
            Pod pod,
            TlsEngines engines,
            Runnable changed,
            Runnable over)
            throws TunnelFailure {
        TlsWire wire = secure(carrier, hop, certificate, expected, pod, engines);
        var ready = new CompletableFuture<Void>();
        var session = new ClientSession(wire, pod.limits(), pod.buffers(), new ClientSession.Watcher() {
            @Override
            public void ready() {
                ready.complete(null);
            }

            @Override
            public void changed() {
                // Not here, where the session is in the middle of something.
                Thread.ofVirtual().name("tunnel-changed").start(changed);
            }
        });
        var tunnel = new ClientTunnel(certificate, session, wire.peerChain());
        var watched = new WatchedTunnel(Reporter.SOURCE, pod.ref(), hop, certificate, tunnel.peerChain, session);
        Thread.ofVirtual().name("tunnel").start(() -> {
            String error = watched.run(pod.security().tunnels());
            boolean tls = session.hasTlsFailed();
            ready.completeExceptionally(new TunnelFailure(
                    tls ? ResponseFlag.TLS_FAILURE : ResponseFlag.H2_HANDSHAKE_FAILURE,
                    (tls ? "TLS with " : "HTTP/2 with ") + hop + " failed: " + ErrorText.line(error)));
            over.run();
        });
        await(ready);
        return tunnel;
    }

    private static void await(CompletableFuture<Void> ready) throws TunnelFailure {
        try {
            ready.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof TunnelFailure known
                    ? known
                    : new TunnelFailure(ResponseFlag.H2_HANDSHAKE_FAILURE, ErrorText.of(failed));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new TunnelFailure(ResponseFlag.CONNECT, "interrupted");
        }
    }

    private static TlsWire secure(
            Duplex carrier,
            IpPort hop,
            WorkloadCertificate certificate,
            Set<SpiffeId> expected,
            Pod pod,
            TlsEngines engines)
            throws TunnelFailure {
        TlsWire wire;
        try {
            wire = new TlsWire(carrier, engines.client(certificate, expected));
        } catch (SSLException | RuntimeException unusable) {
            carrier.abort();
            throw new TunnelFailure(
                    ResponseFlag.IDENTITY_ERROR,
                    "certificate " + certificate + " cannot be used: " + ErrorText.of(unusable));
        }
        var deadline = Deadline.after(pod.limits().handshakeTimeout(), carrier::abort);
        try (deadline) {
            wire.handshake();
            return wire;
        } catch (IOException failed) {
            carrier.close();
            throw untrusted(failed, hop, deadline, pod);
        }
    }

    private static TunnelFailure untrusted(IOException failed, IpPort hop, Deadline deadline, Pod pod) {
        Optional<PeerRefused> refused = PeerRefused.in(failed);
        refused.flatMap(PeerRefused::revoked)
                .ifPresent(revoked -> pod.security().tunnels().refused(Reporter.SOURCE, revoked));
        String why = deadline.isMissed() ? "not within " + pod.limits().handshakeTimeout() : ErrorText.of(failed);
        return new TunnelFailure(
                refused.map(PeerRefused::flag).orElse(ResponseFlag.TLS_FAILURE),
                "TLS handshake with " + hop + " failed: " + why);
    }

    WorkloadCertificate certificate() {
        return certificate;
    }

    ClientSession session() {
        return session;
    }

    /** Who answered: the first name that is an identity. */
    Optional<SpiffeId> peer() {
        return peerChain.stream()
                .limit(1)
                .flatMap(leaf -> PeerIdentities.all(leaf).stream())
                .findFirst();
    }
}
