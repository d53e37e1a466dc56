package dev.ambit.ports.ca;

import dev.ambit.domain.issuing.RequestFacts;
import java.security.PublicKey;

/**
 * Reads PKCS#10 requests (RFC 2986). Whether a request is sound is decided from what is read
 * ({@link dev.ambit.domain.issuing.RequestRules}), once for all certificate authorities. Safe for use by several threads.
 */
@FunctionalInterface
public interface SigningRequestReading {

    /** Longer ones are unreadable; a request with the largest acceptable key is a tenth of it. */
    int CHARACTERS_MAX = 16 * 1024;

    /**
     * Whatever the text holds, it ends in an answer, in bounded time and not in an exception.
     *
     * @param csrPem one PEM object (RFC 7468)
     */
    Reading read(String csrPem);

    /** What was read. */
    sealed interface Reading {
        /** The key is to be used only if there is no objection to the facts. */
        record Read(RequestFacts facts, PublicKey key) implements Reading {}

        /**
         * It is not exactly one request, or its key is of a kind nobody here knows.
         *
         * @param why printable, may hold parts of the request
         */
        record Unreadable(String why) implements Reading {}
    }
}
