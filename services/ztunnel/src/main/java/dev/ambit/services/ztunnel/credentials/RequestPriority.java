package dev.ambit.services.ztunnel.credentials;

/** How urgent a certificate is, least urgent first. */
public enum RequestPriority {
    /** A renewal, or another try. */
    BACKGROUND,
    /** For a pod that has appeared and not asked for anything yet. */
    WARMUP,
    /** A connection waits for it. */
    REAL_TIME
}
