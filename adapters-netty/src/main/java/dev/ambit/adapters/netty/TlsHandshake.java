package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.tls.TlsRecords;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.function.Consumer;

/** Waits behind the TLS handler for the handshake, then makes room, there and here, for what comes next. */
final class TlsHandshake extends ChannelInboundHandlerAdapter {
    private final Runnable done;
    private final Consumer<Throwable> failed;
    private boolean secured;

    /** @param done must add the handler that reads on */
    TlsHandshake(Runnable done, Consumer<Throwable> failed) {
        this.done = done;
        this.failed = failed;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                secured = true;
                done.run();
            } else {
                failed.accept(handshake.cause());
            }
        }
    }

    /** Not before: until here the TLS handler is in the middle of what it has read. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        if (secured) {
            ctx.flush();
            ctx.pipeline().remove(this);
            TlsRecords.takeOver(ctx.pipeline());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (secured) {
            ctx.fireExceptionCaught(cause);
            return;
        }
        // The same failure as the event's, or a reset; either way there is nothing to go on with.
        failed.accept(cause);
        ctx.close();
    }
}
