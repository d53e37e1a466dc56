package dev.ambit.ports.trust;

import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.credentials.RevokedCertificate;
import java.security.cert.CertificateException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why our verification refused a peer whose certificates can be read and are valid now. A TLS library makes an alert of it. */
public final class PeerRefused extends CertificateException {
    private static final long serialVersionUID = 1L;
    private static final int CAUSES_MAX = 20;

    /** What is wrong; each has an alert of its own (RFC 8446, section 6.2). */
    public enum Reason {
        /** It is somebody, but not whom we expect: certificate_unknown. Istio's ztunnel reports it as CONNECT. */
        IDENTITY(ResponseFlag.CONNECT),
        /** Its certificate is for something else: unsupported_certificate. */
        PURPOSE(ResponseFlag.TLS_FAILURE),
        /** Its chain leads to none of our roots: unknown_ca. */
        UNTRUSTED(ResponseFlag.TLS_FAILURE),
        /** Nobody believes it any longer: certificate_revoked. */
        REVOKED(ResponseFlag.CERT_REVOKED),
        /** What it presented cannot be verified: certificate_unknown. */
        UNUSABLE(ResponseFlag.TLS_FAILURE);

        private final ResponseFlag flag;

        Reason(ResponseFlag flag) {
            this.flag = flag;
        }
    }

    private final Reason reason;
    private final transient @Nullable RevokedCertificate revoked;

    private PeerRefused(
            String message, Reason reason, @Nullable Throwable cause, @Nullable RevokedCertificate revoked) {
        super(message, cause);
        this.reason = reason;
        this.revoked = revoked;
    }

    static PeerRefused because(Reason reason, String message, @Nullable Throwable cause) {
        return new PeerRefused(message, reason, cause, null);
    }

    static PeerRefused revoked(RevokedCertificate certificate) {
        return new PeerRefused("peer certificate was revoked: " + certificate, Reason.REVOKED, null, certificate);
    }

    public Reason reason() {
        return reason;
    }

    /** How a connection is reported that failed for this. */
    public ResponseFlag flag() {
        return reason.flag;
    }

    public Optional<RevokedCertificate> revoked() {
        return Optional.ofNullable(revoked);
    }

    /** The refusal that a failed handshake is about, if it is about one. */
    public static Optional<PeerRefused> in(Throwable failure) {
        @Nullable Throwable cause = failure;
        for (int i = 0; cause != null && i < CAUSES_MAX; i++, cause = cause.getCause()) {
            if (cause instanceof PeerRefused refused) {
                return Optional.of(refused);
            }
        }
        return Optional.empty();
    }
}
