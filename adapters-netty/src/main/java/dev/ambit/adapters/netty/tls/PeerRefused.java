package dev.ambit.adapters.netty.tls;

import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.credentials.RevokedCertificate;
import java.security.cert.CertificateException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why our verification refused a peer whose chain is in order; what BoringSSL makes an alert of is around it. */
final class PeerRefused extends CertificateException {
    private static final long serialVersionUID = 1L;

    private final ResponseFlag flag;
    private final transient @Nullable RevokedCertificate revoked;

    private PeerRefused(String message, ResponseFlag flag, @Nullable RevokedCertificate revoked) {
        super(message);
        this.flag = flag;
        this.revoked = revoked;
    }

    /** The peer is somebody, but not whom we expect. Istio's ztunnel reports it as CONNECT. */
    static PeerRefused identity(String message) {
        return new PeerRefused(message, ResponseFlag.CONNECT, null);
    }

    static PeerRefused revoked(RevokedCertificate certificate) {
        return new PeerRefused("peer certificate was revoked: " + certificate, ResponseFlag.CERT_REVOKED, certificate);
    }

    ResponseFlag flag() {
        return flag;
    }

    Optional<RevokedCertificate> revoked() {
        return Optional.ofNullable(revoked);
    }
}
