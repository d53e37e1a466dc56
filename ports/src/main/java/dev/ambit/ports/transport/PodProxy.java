package dev.ambit.ports.transport;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The listeners of one pod and the connections they carry. Safe for use by several threads. */
public interface PodProxy extends AutoCloseable {

    /** The ports actually bound. */
    ListenPorts ports();

    /** What the pod has of the transport now. Any thread. */
    PodUsage usage();

    /**
     * Whether another proxy listens on these ports in the pod's namespace, so that connections find somebody when this
     * proxy stops accepting.
     */
    boolean hasSuccessor();

    /**
     * Stops accepting, tells tunnels to open no more streams (GOAWAY), lets connections finish until the deadline, and
     * then closes what is left, reported as refused with {@code Draining}. Completes when nothing is left.
     *
     * <p>Where there is a successor, no connection is lost on the way: what the kernel has given to this proxy is still
     * carried here, what comes later goes to the successor. Calling it again moves nothing but the deadline.
     */
    CompletionStage<Void> drain(Duration deadline);

    /** As {@link #drain} without waiting. Returns when the ports are free. Idempotent. */
    @Override
    void close();
}
