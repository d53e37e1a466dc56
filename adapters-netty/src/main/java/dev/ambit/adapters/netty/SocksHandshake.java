package dev.ambit.adapters.netty;

import dev.ambit.domain.address.IpAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of SOCKS5 (RFC 1928): no authentication, CONNECT only. Hands over the target and takes itself out of
 * the pipeline; what the client has sent beyond its request follows to the next handler.
 */
final class SocksHandshake extends ByteToMessageDecoder {
    private static final int VERSION = 5;
    private static final int NO_AUTHENTICATION = 0;
    private static final int CONNECT = 1;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;
    private static final int PORT_BYTES = 2;

    /** Version, command, reserved, kind of address. */
    private static final int REQUEST_HEAD_BYTES = 4;

    private final Duration timeout;
    private final Listener listener;
    private boolean greeted;
    private boolean asked;
    private boolean inputEnded;
    private @Nullable ScheduledFuture<?> late;

    /** Reply codes (RFC 1928 section 6). */
    enum Reply {
        SUCCEEDED(0),
        GENERAL_FAILURE(1),
        HOST_UNREACHABLE(4),
        COMMAND_NOT_SUPPORTED(7);

        private final int code;

        Reply(int code) {
            this.code = code;
        }
    }

    /** What a client wants to be connected to. */
    sealed interface Target {
        int port();

        record Address(IpAddress ip, int port) implements Target {}

        record Name(String hostname, int port) implements Target {}
    }

    /** Called on the event loop, either one and once. */
    interface Listener {
        /** The client waits for a reply. */
        void requested(Target target);

        /** There was nothing to make of what the client sent; it has been told, and the connection is being closed. */
        void failed(String why);
    }

    SocksHandshake(Duration timeout, Listener listener) {
        this.timeout = timeout;
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        late = context.executor()
                .schedule(
                        () -> refuse(context, Reply.GENERAL_FAILURE, "no request within " + timeout.toMillis() + " ms"),
                        timeout.toMillis(),
                        TimeUnit.MILLISECONDS);
        context.read();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        settle();
    }

    private void settle() {
        asked = true;
        ScheduledFuture<?> timer = late;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (!greeted) {
            greet(context, in);
        }
        if (greeted && !asked) {
            request(context, in);
        }
    }

    private void greet(ChannelHandlerContext context, ByteBuf in) {
        if (!isVersion(context, in) || in.readableBytes() < 2) {
            return;
        }
        int methods = in.getUnsignedByte(in.readerIndex() + 1);
        if (methods > 0 && in.readableBytes() < 2 + methods) {
            return;
        }
        in.skipBytes(2);
        byte[] offered = ByteBufUtil.getBytes(in.readSlice(methods));
        for (byte method : offered) {
            if (method == NO_AUTHENTICATION) {
                greeted = true;
                context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {VERSION, NO_AUTHENTICATION}));
                return;
            }
        }
        refuse(context, Reply.COMMAND_NOT_SUPPORTED, "client does not offer to go without authentication");
    }

    /** False as well while nothing is there to tell. */
    private boolean isVersion(ChannelHandlerContext context, ByteBuf in) {
        if (!in.isReadable()) {
            return false;
        }
        int version = in.getUnsignedByte(in.readerIndex());
        if (version != VERSION) {
            refuse(context, Reply.COMMAND_NOT_SUPPORTED, "version " + version + " instead of 5");
            return false;
        }
        return true;
    }

    private void request(ChannelHandlerContext context, ByteBuf in) {
        if (!isVersion(context, in) || in.readableBytes() < REQUEST_HEAD_BYTES + 1) {
            return;
        }
        int at = in.readerIndex();
        int command = in.getUnsignedByte(at + 1);
        if (command != CONNECT) {
            refuse(context, Reply.COMMAND_NOT_SUPPORTED, "command " + command + " instead of CONNECT");
            return;
        }
        int kind = in.getUnsignedByte(at + 3);
        int addressBytes = switch (kind) {
            case IPV4 -> 4;
            case IPV6 -> 16;
            case NAME -> 1 + in.getUnsignedByte(at + REQUEST_HEAD_BYTES);
            default -> 0;
        };
        if (addressBytes == 0) {
            refuse(context, Reply.COMMAND_NOT_SUPPORTED, "address of kind " + kind);
        } else if (in.readableBytes() >= REQUEST_HEAD_BYTES + addressBytes + PORT_BYTES) {
            in.skipBytes(REQUEST_HEAD_BYTES);
            byte[] address = ByteBufUtil.getBytes(in.readSlice(addressBytes));
            settle();
            listener.requested(target(kind, address, in.readUnsignedShort()));
        }
    }

    private static Target target(int kind, byte[] address, int port) {
        Optional<IpAddress> ip = kind == NAME ? Optional.empty() : IpAddress.ofBytes(address);
        return ip.<Target>map(known -> new Target.Address(known, port))
                .orElseGet(() ->
                        new Target.Name(new String(address, 1, address.length - 1, StandardCharsets.ISO_8859_1), port));
    }

    /** Tells the client that it is connected, which is said before it is true, and steps aside. */
    void accept(ChannelHandlerContext context) {
        context.writeAndFlush(message(Reply.SUCCEEDED));
        context.pipeline().remove(this);
        if (inputEnded) {
            context.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    void refuse(ChannelHandlerContext context, Reply reply) {
        settle();
        context.writeAndFlush(message(reply)).addListener(ChannelFutureListener.CLOSE);
    }

    private void refuse(ChannelHandlerContext context, Reply reply, String why) {
        if (!asked) {
            refuse(context, reply);
            listener.failed(why);
        }
    }

    private static ByteBuf message(Reply reply) {
        return Unpooled.wrappedBuffer(new byte[] {VERSION, (byte) reply.code, 0, IPV4, 0, 0, 0, 0, 0, 0});
    }

    /** While the answer is being looked for nothing more is read. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!asked) {
            context.read();
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event != ChannelInputShutdownEvent.INSTANCE) {
            context.fireUserEventTriggered(event);
        } else if (asked) {
            inputEnded = true;
        } else {
            settle();
            context.close();
            listener.failed("client went away before its request");
        }
    }
}
