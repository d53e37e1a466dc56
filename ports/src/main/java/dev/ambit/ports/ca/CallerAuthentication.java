package dev.ambit.ports.ca;

import dev.ambit.domain.issuing.Caller;

/** Turns a bearer token into the caller it proves. Safe for use by several threads; may block. */
@FunctionalInterface
public interface CallerAuthentication {

    Result authenticate(String bearerToken);

    /** Who it is, or why not. The reason is for our log; the caller hears only that it is not authenticated. */
    sealed interface Result {
        record Authenticated(Caller caller) implements Result {}

        record Rejected(String why) implements Result {}

        /** Whoever could tell is away; the caller should try again. */
        record Undecided(String why) implements Result {}
    }
}
