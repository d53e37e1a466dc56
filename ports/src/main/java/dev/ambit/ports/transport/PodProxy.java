package dev.ambit.ports.transport;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The three listeners of one pod and the connections they carry. */
public interface PodProxy extends AutoCloseable {

    /** The ports actually bound. */
    ListenPorts ports();

    /**
     * Stops accepting, tells tunnels to open no more streams (GOAWAY), lets connections finish until the deadline, and
     * then closes what is left, reported as refused with {@code Draining}. Completes when nothing is left.
     */
    CompletionStage<Void> drain(Duration deadline);

    /** As {@link #drain} without waiting. Returns when the ports are free. Idempotent. */
    @Override
    void close();
}
