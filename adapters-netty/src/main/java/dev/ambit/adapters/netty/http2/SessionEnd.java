package dev.ambit.adapters.netty.http2;

import dev.ambit.adapters.netty.relay.Leg;
import dev.ambit.domain.flow.RefusalReason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a session was ended on purpose, if it was: by us, or because what carried it was. */
final class SessionEnd {
    private @Nullable RefusalReason own;
    private @Nullable Leg carrier;

    void becauseOf(RefusalReason reason) {
        own = reason;
    }

    void carriedBy(Leg outer) {
        carrier = outer;
    }

    Optional<RefusalReason> reason() {
        Leg outer = carrier;
        return own == null && outer != null ? outer.endedFor() : Optional.ofNullable(own);
    }
}
