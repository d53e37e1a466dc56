package dev.ambit.adapters.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.function.Consumer;

/** Waits behind the TLS handler for the handshake, then makes room for what comes next. */
final class TlsHandshake extends ChannelInboundHandlerAdapter {
    private final Runnable done;
    private final Consumer<Throwable> failed;

    /** @param done must add the handler that reads on */
    TlsHandshake(Runnable done, Consumer<Throwable> failed) {
        this.done = done;
        this.failed = failed;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                done.run();
                ctx.pipeline().remove(this);
            } else {
                failed.accept(handshake.cause());
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The same failure as the event's, or a reset; either way there is nothing to go on with.
        failed.accept(cause);
        ctx.close();
    }
}
