package dev.ambit.adapters.netty.socket;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Lets a listener rest when accepting fails. Out of file descriptors, the kernel would report the same connection as
 * waiting again and again, and an event loop would do nothing else; what waits meanwhile waits in the backlog.
 */
final class AcceptPause extends ChannelInboundHandlerAdapter {
    static final long PAUSE_MILLIS = 250;

    private final Consumer<Throwable> trouble;

    /** @param trouble hears of each failure, at most once per pause */
    AcceptPause(Consumer<Throwable> trouble) {
        this.trouble = trouble;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ChannelConfig config = ctx.channel().config();
        if (config.isAutoRead()) {
            config.setAutoRead(false);
            ctx.executor().schedule(() -> config.setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            trouble.accept(cause);
        }
    }
}
