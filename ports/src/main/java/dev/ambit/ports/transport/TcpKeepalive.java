package dev.ambit.ports.transport;

import java.time.Duration;

/**
 * How sockets to applications and upstreams find out that the other host is gone although nothing is sent (tcp(7);
 * Istio's names in brackets).
 *
 * @param enabled (KEEPALIVE_ENABLED)
 * @param time of silence before the first probe, whole seconds (KEEPALIVE_TIME)
 * @param interval between probes, whole seconds (KEEPALIVE_INTERVAL)
 * @param probes unanswered before the connection is given up (KEEPALIVE_RETRIES)
 * @param userTimeoutEnabled whether unacknowledged data ends a connection too (USER_TIMEOUT_ENABLED)
 */
public record TcpKeepalive(boolean enabled, Duration time, Duration interval, int probes, boolean userTimeoutEnabled) {

    public static final TcpKeepalive ISTIO =
            new TcpKeepalive(true, Duration.ofMinutes(3), Duration.ofMinutes(3), 9, false);

    /** After how long without acknowledgement data ends a connection, if {@link #userTimeoutEnabled}. */
    public Duration userTimeout() {
        return time.plus(interval.multipliedBy(probes));
    }
}
