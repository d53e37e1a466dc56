package dev.ambit.adapters.netty.tls;

import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.credentials.RevokedCertificate;
import dev.ambit.ports.trust.PeerRefused;
import java.util.Optional;

/** What a failed handshake means for whoever wanted the connection. */
public record HandshakeFailure(ResponseFlag flag, Optional<RevokedCertificate> revoked) {
    private static final HandshakeFailure OTHER = new HandshakeFailure(ResponseFlag.TLS_FAILURE, Optional.empty());

    /** Reads the reason of our own verification, if it was that which failed. */
    public static HandshakeFailure of(Throwable failure) {
        return PeerRefused.in(failure)
                .map(refused -> new HandshakeFailure(refused.flag(), refused.revoked()))
                .orElse(OTHER);
    }
}
