package dev.ambit.services.ztunnel.config;

import java.time.Duration;

/**
 * Tunnels to other proxies: how they are shared, and how much may be under way on them.
 *
 * @param streamsMax connections that share one tunnel
 * @param unusedReleaseTimeout after which an unused tunnel is closed
 * @param streamWindowBytes HTTP/2 window of each connection
 * @param connectionWindowBytes HTTP/2 window of the whole tunnel
 * @param frameBytes SETTINGS_MAX_FRAME_SIZE (RFC 9113, section 6.5.2)
 */
public record TunnelConfig(
        int streamsMax,
        Duration unusedReleaseTimeout,
        int streamWindowBytes,
        int connectionWindowBytes,
        int frameBytes) {

    private static final int STREAMS_MAX = 10_000;
    private static final Duration RELEASE_LEAST = Duration.ofMillis(1);
    private static final Duration RELEASE_MOST = Duration.ofDays(1);
    private static final int STREAM_WINDOW_LEAST = 1_024;

    /** What a connection's window is before anything enlarges it; it cannot be made smaller. */
    private static final int CONNECTION_WINDOW_LEAST = 65_535;

    private static final int FRAME_LEAST = 16_384;
    private static final int FRAME_MOST = 16_777_215;

    static TunnelConfig read(Settings settings) {
        return new TunnelConfig(
                settings.number("POOL_MAX_STREAMS_PER_CONNECTION", 1, STREAMS_MAX),
                settings.duration("POOL_UNUSED_RELEASE_TIMEOUT", RELEASE_LEAST, RELEASE_MOST),
                settings.number("HTTP2_STREAM_WINDOW_SIZE", STREAM_WINDOW_LEAST, Integer.MAX_VALUE),
                settings.number("HTTP2_CONNECTION_WINDOW_SIZE", CONNECTION_WINDOW_LEAST, Integer.MAX_VALUE),
                settings.number("HTTP2_FRAME_SIZE", FRAME_LEAST, FRAME_MOST));
    }
}
