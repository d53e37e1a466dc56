package dev.ambit.adapters.netty.http2;

import dev.ambit.adapters.netty.relay.BufferBudget;

/** Hears about a session's life, each at most once. */
public interface SessionOwner {
    /** The peer's first SETTINGS are here. */
    void ready();

    /**
     * The session is over, its streams have been told.
     *
     * @param error one line; empty after an end that breaks no rule
     * @param tls whether TLS failed
     */
    void over(String error, boolean tls);

    /** What bytes of its streams count against while nobody takes them yet. */
    default BufferBudget buffers() {
        return BufferBudget.unlimited();
    }
}
