package dev.ambit.adapters.netty.http2;

import dev.ambit.domain.http2.ErrorCode;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What a session waits for: its peer's first SETTINGS, then an answer to each of its pings. */
final class SessionClock {
    private final KeepAlive keepAlive;
    private final Future<?> settingsDeadline;

    /** Starts the wait for SETTINGS. */
    SessionClock(EventLoop loop, Duration patience, Http2Session session) {
        keepAlive = new KeepAlive(
                loop, session::ping, () -> session.fail(ErrorCode.NO_ERROR, "peer did not answer a ping"));
        settingsDeadline = loop.schedule(
                () -> session.fail(ErrorCode.SETTINGS_TIMEOUT, "peer sent no HTTP/2 settings within " + patience),
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** The SETTINGS are here. */
    void settled() {
        settingsDeadline.cancel(false);
        keepAlive.start();
    }

    void ponged(long payload) {
        keepAlive.answered(payload);
    }

    void stop() {
        settingsDeadline.cancel(false);
        keepAlive.stop();
    }
}
