package dev.ambit.adapters.netty.tls;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.Revocations;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.transport.TlsPolicy;
import dev.ambit.ports.trust.PeerVerification;
import dev.ambit.ports.trust.VerifiedChains;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** Of TLS 1.3 all or none are named, because BoringSSL has its own list; Netty drops a version without a suite. */
    private static final List<String> SUITES = List.of(
            "TLS_AES_256_GCM_SHA384",
            "TLS_AES_128_GCM_SHA256",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

    private final Duration handshakeTimeout;
    private final VerifiedChains verified = new VerifiedChains();
    private final TlsPolicy policy;
    private final Revocations revocations;
    private final LinkedHashMap<SpiffeId, Contexts> newest = new LinkedHashMap<>(16, 0.75f, true);

    public TlsContexts(Duration handshakeTimeout, TlsPolicy policy, Revocations revocations) {
        // Loads BoringSSL, or says why it cannot be, before the first connection needs it.
        OpenSsl.ensureAvailability();
        this.handshakeTimeout = handshakeTimeout;
        this.policy = policy;
        this.revocations = revocations;
    }

    /**
     * The accepting end: requires a client certificate of the certificate's own trust domain. Appends what it takes to the
     * pipeline and returns the handler whose engine knows the peer after the handshake.
     */
    public SslHandler accept(ChannelPipeline pipeline, WorkloadCertificate certificate) throws SSLException {
        SslHandler tls = handler(withoutTickets(
                contexts(certificate).server.newEngine(pipeline.channel().alloc())));
        pipeline.addLast(new AlpnGate(), tls);
        return tls;
    }

    /** The dialling end: requires a server certificate with one of the expected identities. Sends no server name. */
    public SslHandler client(WorkloadCertificate certificate, Set<SpiffeId> expected, ByteBufAllocator allocator)
            throws SSLException {
        Contexts contexts = contexts(certificate);
        SSLEngine engine = contexts.client.newEngine(allocator);
        contexts.trust.expect(engine, expected);
        return handler(engine);
    }

    /**
     * Whether the two could make a tunnel now: what each end of a handshake verifies about the other, without the
     * handshake.
     *
     * @param expected the identities of which the server must have one
     * @throws CertificateException as the handshake's verification would
     */
    public void prove(WorkloadCertificate client, WorkloadCertificate server, Set<SpiffeId> expected)
            throws SSLException, CertificateException {
        contexts(server).verification.checkClient(client.chain().toArray(X509Certificate[]::new));
        contexts(client).verification.checkServer(server.chain().toArray(X509Certificate[]::new), expected);
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

    private Contexts build(WorkloadCertificate certificate) throws SSLException {
        var verification = new PeerVerification(certificate, revocations, verified, InstantSource.system());
        var trust = new PeerTrust(verification);
        SslContext server = common(
                        SslContextBuilder.forServer(WorkloadKey.factory(certificate))
                                .clientAuth(ClientAuth.REQUIRE),
                        trust)
                .build();
        forgetSessions(server);
        SslContext client = common(
                        SslContextBuilder.forClient()
                                .keyManager(WorkloadKey.factory(certificate))
                                .endpointIdentificationAlgorithm(null),
                        trust)
                .build();
        forgetSessions(client);
        return new Contexts(certificate, verification, trust, server, client);
    }

    /** Whoever resumes a session is not verified again, and may have been revoked since: no cache, and no tickets. */
    private static void forgetSessions(SslContext context) {
        ((OpenSslSessionContext) context.sessionContext()).setSessionCacheEnabled(false);
    }

    /** Netty has no such option for a context. */
    private static SSLEngine withoutTickets(SSLEngine engine) {
        SSL.setOptions(((ReferenceCountedOpenSslEngine) engine).sslPointer(), SSL.SSL_OP_NO_TICKET);
        return engine;
    }

    private SslContextBuilder common(SslContextBuilder builder, PeerTrust trust) {
        String[] groups = policy.postQuantumOnly()
                ? new String[] {"X25519MLKEM768"}
                : new String[] {"X25519", "P-256", "P-384", "X25519MLKEM768"};
        builder.sslProvider(SslProvider.OPENSSL)
                .option(OpenSslContextOption.GROUPS, groups)
                .applicationProtocolConfig(HTTP2)
                .trustManager(trust);
        return policy.tls12() ? builder.protocols("TLSv1.3", "TLSv1.2").ciphers(SUITES) : builder.protocols("TLSv1.3");
    }

    /** What was built of one certificate. */
    record Contexts(
            WorkloadCertificate certificate,
            PeerVerification verification,
            PeerTrust trust,
            SslContext server,
            SslContext client) {}
}
