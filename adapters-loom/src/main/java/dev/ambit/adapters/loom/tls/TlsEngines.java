package dev.ambit.adapters.loom.tls;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.Revocations;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.transport.TlsPolicy;
import dev.ambit.ports.trust.PeerVerification;
import dev.ambit.ports.trust.VerifiedChains;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
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
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * TLS engines for workload certificates, of BoringSSL: JDK 25 has no X25519MLKEM768. Building a context is dear, so those of the newest certificate of each identity are
 * kept, for the identities used last.
 *
 * <p>Safe for use by several threads.
 */
public final class TlsEngines {
    /** More pods than a node runs. */
    private static final int IDENTITIES_MAX = 1024;

    private static final ByteBufAllocator MEMORY = UnpooledByteBufAllocator.DEFAULT;

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

    private final VerifiedChains verified = new VerifiedChains();
    private final TlsPolicy policy;
    private final Revocations revocations;
    private final LinkedHashMap<SpiffeId, Contexts> newest = new LinkedHashMap<>(16, 0.75f, true);

    /** Loads BoringSSL, or says why it cannot be, before the first connection needs it. */
    public TlsEngines(TlsPolicy policy, Revocations revocations) {
        OpenSsl.ensureAvailability();
        this.policy = policy;
        this.revocations = revocations;
    }

    /** The accepting end: requires a client certificate of the certificate's own trust domain. */
    public SSLEngine server(WorkloadCertificate certificate) throws SSLException {
        SSLEngine engine = contexts(certificate).server.newEngine(MEMORY);
        // Netty has no such option for a context.
        SSL.setOptions(((ReferenceCountedOpenSslEngine) engine).sslPointer(), SSL.SSL_OP_NO_TICKET);
        return engine;
    }

    /** The dialling end: requires a server certificate with one of the expected identities. Sends no server name. */
    public SSLEngine client(WorkloadCertificate certificate, Set<SpiffeId> expected) throws SSLException {
        Contexts contexts = contexts(certificate);
        SSLEngine engine = contexts.client.newEngine(MEMORY);
        contexts.trust.expect(engine, expected);
        return engine;
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
        PeerVerification accepting = contexts(server).trust.verification();
        PeerVerification dialling = contexts(client).trust.verification();
        accepting.checkClient(client.chain().toArray(X509Certificate[]::new));
        dialling.checkServer(server.chain().toArray(X509Certificate[]::new), expected);
    }

    private synchronized Contexts contexts(WorkloadCertificate certificate) throws SSLException {
        Contexts known = newest.get(certificate.identity());
        if (known != null && known.certificate.equals(certificate)) {
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
        X509Certificate[] chain = certificate.chain().toArray(X509Certificate[]::new);
        SslContext server =
                build(SslContextBuilder.forServer(certificate.key(), chain).clientAuth(ClientAuth.REQUIRE), trust);
        SslContext client = build(
                SslContextBuilder.forClient()
                        .keyManager(certificate.key(), chain)
                        .endpointIdentificationAlgorithm(null),
                trust);
        return new Contexts(certificate, trust, server, client);
    }

    /** Whoever resumes a session is not verified again, and may have been revoked since: no cache, and no tickets. */
    private SslContext build(SslContextBuilder builder, PeerTrust trust) throws SSLException {
        String[] groups = policy.postQuantumOnly()
                ? new String[] {"X25519MLKEM768"}
                : new String[] {"X25519", "P-256", "P-384", "X25519MLKEM768"};
        builder.sslProvider(SslProvider.OPENSSL)
                .option(OpenSslContextOption.GROUPS, groups)
                .applicationProtocolConfig(HTTP2)
                .trustManager(trust);
        SslContext context = policy.tls12()
                ? builder.protocols("TLSv1.3", "TLSv1.2").ciphers(SUITES).build()
                : builder.protocols("TLSv1.3").build();
        ((OpenSslSessionContext) context.sessionContext()).setSessionCacheEnabled(false);
        return context;
    }

    /** What was built of one certificate. */
    private record Contexts(WorkloadCertificate certificate, PeerTrust trust, SslContext server, SslContext client) {}
}
