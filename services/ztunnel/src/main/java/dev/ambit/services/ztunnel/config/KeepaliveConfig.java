package dev.ambit.services.ztunnel.config;

import java.time.Duration;

/**
 * TCP keepalive of sockets to applications and upstreams.
 *
 * @param time of silence before the first probe, whole seconds
 * @param interval between probes, whole seconds
 * @param retries probes unanswered before the connection is given up
 * @param userTimeoutEnabled whether TCP_USER_TIMEOUT is set to time + retries × interval
 */
public record KeepaliveConfig(
        boolean enabled, Duration time, Duration interval, int retries, boolean userTimeoutEnabled) {

    // What Linux takes: include/net/tcp.h, MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL, MAX_TCP_KEEPCNT.
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofSeconds(32_767);
    private static final int RETRIES_MAX = 127;

    static KeepaliveConfig read(Settings settings) {
        return new KeepaliveConfig(
                settings.flag("KEEPALIVE_ENABLED"),
                settings.duration("KEEPALIVE_TIME", LEAST, MOST),
                settings.duration("KEEPALIVE_INTERVAL", LEAST, MOST),
                settings.number("KEEPALIVE_RETRIES", 1, RETRIES_MAX),
                settings.flag("USER_TIMEOUT_ENABLED"));
    }
}
