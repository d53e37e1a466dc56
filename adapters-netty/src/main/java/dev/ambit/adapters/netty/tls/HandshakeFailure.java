package dev.ambit.adapters.netty.tls;

import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.credentials.RevokedCertificate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a failed handshake means for whoever wanted the connection. */
public record HandshakeFailure(ResponseFlag flag, Optional<RevokedCertificate> revoked) {
    private static final int CAUSES_MAX = 20;
    private static final HandshakeFailure OTHER = new HandshakeFailure(ResponseFlag.TLS_FAILURE, Optional.empty());

    /** Reads the reason of our own verification, if it was that which failed. */
    public static HandshakeFailure of(Throwable failure) {
        @Nullable Throwable cause = failure;
        for (int i = 0; cause != null && i < CAUSES_MAX; i++, cause = cause.getCause()) {
            if (cause instanceof PeerRefused refused) {
                return new HandshakeFailure(refused.flag(), refused.revoked());
            }
        }
        return OTHER;
    }
}
