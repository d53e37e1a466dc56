package dev.ambit.adapters.netty.tls;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.WorkloadCertificate;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * TLS handlers for workload certificates. Building a context is dear, so the contexts of the newest certificate of each
 * identity are kept, for the identities used last; a renewed certificate takes the place of the old one. Native memory
 * is freed with the garbage (SslProvider.OPENSSL), handshakes under way keep what they use.
 *
 * <p>Safe for use by several threads.
 */
public final class TlsContexts {
    /** More pods than a node runs. */
    private static final int IDENTITIES_MAX = 1024;

    private static final ApplicationProtocolConfig HTTP2 = new ApplicationProtocolConfig(
            Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, "h2");

    private final Duration handshakeTimeout;
    private final TunnelProofs proofs = new TunnelProofs();
    private final LinkedHashMap<SpiffeId, Contexts> newest = new LinkedHashMap<>(16, 0.75f, true);

    public TlsContexts(Duration handshakeTimeout) {
        // Loads BoringSSL, or says why it cannot be, before the first connection needs it.
        OpenSsl.ensureAvailability();
        this.handshakeTimeout = handshakeTimeout;
    }

    /** The accepting end: requires a client certificate of the certificate's own trust domain. */
    public SslHandler server(WorkloadCertificate certificate, ByteBufAllocator allocator) throws SSLException {
        return handler(contexts(certificate).server.newEngine(allocator));
    }

    /** The dialling end: requires a server certificate with one of the expected identities. Sends no server name. */
    public SslHandler client(WorkloadCertificate certificate, Set<SpiffeId> expected, ByteBufAllocator allocator)
            throws SSLException {
        Contexts contexts = contexts(certificate);
        SSLEngine engine = contexts.client.newEngine(allocator);
        contexts.verification.expect(engine, expected);
        return handler(engine);
    }

    /**
     * Whether the two could make a tunnel now: what each end of a handshake verifies about the other, without the
     * handshake. A proof is good for a second, so that many connections at once cost one.
     *
     * @param expected the identities of which the server must have one
     * @throws CertificateException as the handshake's verification would
     */
    public void prove(WorkloadCertificate client, WorkloadCertificate server, Set<SpiffeId> expected)
            throws SSLException, CertificateException {
        proofs.prove(client, server, expected, contexts(client).verification, contexts(server).verification);
    }

    private SslHandler handler(SSLEngine engine) {
        var handler = new SslHandler(engine);
        handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
        return handler;
    }

    synchronized Contexts contexts(WorkloadCertificate certificate) throws SSLException {
        Contexts known = newest.get(certificate.identity());
        if (known != null && known.certificate == certificate) {
            return known;
        }
        Contexts built = build(certificate);
        newest.put(certificate.identity(), built);
        if (newest.size() > IDENTITIES_MAX) {
            newest.pollFirstEntry();
        }
        return built;
    }

    private static Contexts build(WorkloadCertificate certificate) throws SSLException {
        var verification = new PeerVerification(certificate);
        SslContext server = common(
                        SslContextBuilder.forServer(certificate.key(), certificate.chain())
                                .clientAuth(ClientAuth.REQUIRE),
                        verification)
                .build();
        SslContext client = common(
                        SslContextBuilder.forClient()
                                .keyManager(certificate.key(), certificate.chain())
                                .endpointIdentificationAlgorithm(null),
                        verification)
                .build();
        return new Contexts(certificate, verification, server, client);
    }

    private static SslContextBuilder common(SslContextBuilder builder, PeerVerification verification) {
        // Cipher suites are BoringSSL's own for TLS 1.3: it takes no list. Tickets are off by Netty's default.
        return builder.sslProvider(SslProvider.OPENSSL)
                .protocols("TLSv1.3")
                .applicationProtocolConfig(HTTP2)
                .trustManager(verification);
    }

    /** What was built of one certificate. */
    record Contexts(
            WorkloadCertificate certificate, PeerVerification verification, SslContext server, SslContext client) {}
}
