package dev.ambit.adapters.vaultca;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a token of Vault's lives.
 *
 * @param ttl since {@code since}; zero for a token that does not end
 * @param renewable whether Vault would prolong it
 */
record TokenLife(Instant since, Duration ttl, boolean renewable) {

    /** What a token needs now. */
    enum Need {
        NOTHING,
        RENEWAL,
        LOGIN
    }

    /** A third of the life is left for trying again. */
    Need need(Instant now) {
        if (ttl.isZero()) {
            return Need.NOTHING;
        }
        if (!now.isBefore(since.plus(ttl))) {
            return Need.LOGIN;
        }
        if (now.isBefore(since.plus(ttl.multipliedBy(2).dividedBy(3)))) {
            return Need.NOTHING;
        }
        return renewable ? Need.RENEWAL : Need.LOGIN;
    }
}
