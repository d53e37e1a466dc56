package dev.ambit.ports.ca;

import dev.ambit.domain.issuing.Caller;
import java.util.Optional;

/** Turns a bearer token into the caller it proves. Safe for use by several threads; may block. */
@FunctionalInterface
public interface CallerAuthentication {

    Result authenticate(String bearerToken);

    /**
     * What {@link #authenticate} would answer, if it can be told here and now; empty if somebody has to be asked. Does not
     * block.
     */
    default Optional<Result> known(String bearerToken) {
        return Optional.empty();
    }

    /**
     * Whether this token was accepted before, even if whether it still is has to be asked. Whoever has one is no stranger: a
     * flood of made-up tokens must not keep it waiting. Does not block.
     */
    default boolean wasAccepted(String bearerToken) {
        return false;
    }

    /** Who it is, or why not. The reason is for our log; the caller hears only that it is not authenticated. */
    sealed interface Result {
        record Authenticated(Caller caller) implements Result {}

        record Rejected(String why) implements Result {}

        /** Whoever could tell is away; the caller should try again. */
        record Undecided(String why) implements Result {}
    }
}
