package dev.ambit.adapters.netty.http2;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Pings the peer 10 s after the last answer and gives it 20 s to answer (ztunnel's figures). */
final class KeepAlive {
    private static final long PAUSE_SECONDS = 10;
    private static final long PATIENCE_SECONDS = 20;

    private final EventLoop loop;
    private final LongConsumer ping;
    private final Runnable dead;
    private @Nullable Future<?> next;
    private long sequence;

    KeepAlive(EventLoop loop, LongConsumer ping, Runnable dead) {
        this.loop = loop;
        this.ping = ping;
        this.dead = dead;
    }

    void start() {
        next = loop.schedule(this::send, PAUSE_SECONDS, TimeUnit.SECONDS);
    }

    private void send() {
        sequence++;
        ping.accept(sequence);
        next = loop.schedule(dead, PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    void answered(long payload) {
        if (payload == sequence) {
            stop();
            start();
        }
    }

    void stop() {
        if (next != null) {
            next.cancel(false);
        }
    }
}
