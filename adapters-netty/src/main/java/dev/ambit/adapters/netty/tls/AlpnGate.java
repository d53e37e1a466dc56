package dev.ambit.adapters.netty.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Turns away a client whose ClientHello names application protocols (RFC 7301) and not h2, with the alert
 * no_application_protocol: Netty's BoringSSL engine would go on without a protocol. A client that names none is let
 * through, as Istio's ztunnel does. Stands before the TLS handler and goes away after the ClientHello.
 */
final class AlpnGate extends SslClientHelloHandler<Boolean> {
    /** A plaintext record with a fatal alert 120 (RFC 8446, sections 5.1 and 6). */
    private static final byte[] NO_APPLICATION_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

    /** A ClientHello with a post-quantum key share is below 2 KiB. */
    private static final int CLIENT_HELLO_BYTES_MAX = 16 << 10;

    private static final int VERSION_AND_RANDOM_BYTES = 34;
    private static final int EXTENSION_ALPN = 16;

    AlpnGate() {
        super(CLIENT_HELLO_BYTES_MAX);
    }

    @Override
    protected Future<Boolean> lookup(ChannelHandlerContext ctx, @Nullable ByteBuf clientHello) {
        return ctx.executor().newSucceededFuture(clientHello == null || mayEnter(clientHello));
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext ctx, Future<Boolean> lookup) {
        if (lookup.isSuccess() && lookup.getNow()) {
            ctx.pipeline().remove(this);
            return;
        }
        ctx.writeAndFlush(Unpooled.wrappedBuffer(NO_APPLICATION_PROTOCOL));
        ctx.fireUserEventTriggered(new SslHandshakeCompletionEvent(
                new SSLHandshakeException("client names application protocols, and h2 is not among them")));
        ctx.close();
    }

    /** What is malformed is let through: BoringSSL has the right alert for it. */
    static boolean mayEnter(ByteBuf hello) {
        try {
            int at = hello.readerIndex() + VERSION_AND_RANDOM_BYTES;
            at += 1 + hello.getUnsignedByte(at);
            at += 2 + hello.getUnsignedShort(at);
            at += 1 + hello.getUnsignedByte(at);
            int end = at + 2 + hello.getUnsignedShort(at);
            at += 2;
            while (at < end) {
                int type = hello.getUnsignedShort(at);
                int length = hello.getUnsignedShort(at + 2);
                if (type == EXTENSION_ALPN) {
                    return namesHttp2(hello, at + 4, length);
                }
                at += 4 + length;
            }
            return true;
        } catch (IndexOutOfBoundsException malformed) {
            return true;
        }
    }

    private static boolean namesHttp2(ByteBuf hello, int start, int bytes) {
        int at = start + 2;
        while (at < start + bytes) {
            int length = hello.getUnsignedByte(at);
            if (length == 2 && hello.getByte(at + 1) == 'h' && hello.getByte(at + 2) == '2') {
                return true;
            }
            at += 1 + length;
        }
        return false;
    }
}
