package dev.ambit.adapters.linux.namespace;

import org.jspecify.annotations.Nullable;

/** A thread is stuck in a network namespace that is not its own. An error, so that no handler reuses the thread. */
public final class StrandedThreadError extends Error {
    private static final long serialVersionUID = 1L;

    StrandedThreadError(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
