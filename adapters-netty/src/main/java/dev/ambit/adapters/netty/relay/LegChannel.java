package dev.ambit.adapters.netty.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.util.internal.StringUtil;
import java.net.SocketAddress;

/**
 * A channel whose wire is a leg: what its pipeline writes is what the leg has read, and the other way round. Joined to a
 * stream of a tunnel it lets TLS and HTTP/2 run within that stream.
 *
 * <p>Both directions keep pace. Towards the wire, no more than {@link #AHEAD_MAX} bytes wait for the other leg, then the
 * channel is not writable. From the wire, bytes are handed on at once: whoever speaks HTTP/2 in the pipeline bounds them
 * by its own windows.
 *
 * <p>Must be registered with the event loop of the leg that it is joined to.
 */
public final class LegChannel extends AbstractChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    private static final LocalAddress ADDRESS = new LocalAddress("leg");

    private static final int AHEAD_MAX = 256 << 10;
    private static final int AHEAD_RESUME = 128 << 10;

    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final Wire wire = new Wire();
    private int ahead;
    private boolean blocked;
    private boolean closed;

    public LegChannel() {
        super(null);
    }

    /** What to join to the leg that carries this channel's bytes. */
    public Leg wire() {
        return wire;
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public boolean isActive() {
        return !closed;
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
                promise.setFailure(new UnsupportedOperationException("a leg is connected already"));
            }
        };
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf) {
            return message;
        }
        throw new UnsupportedOperationException("only bytes can be written: " + StringUtil.simpleClassName(message));
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer waiting) {
        while (ahead < AHEAD_MAX && waiting.current() instanceof ByteBuf data) {
            ahead += data.readableBytes();
            wire.take(data.retain());
            waiting.remove();
            if (waiting.isEmpty() || ahead >= AHEAD_MAX) {
                // May write, and so make room, at once.
                wire.taken();
            }
        }
        blocked = !waiting.isEmpty();
    }

    @Override
    protected void doClose() {
        closed = true;
        wire.end();
    }

    @Override
    protected void doBeginRead() {
        // Bytes come when they come.
    }

    @Override
    protected SocketAddress localAddress0() {
        return ADDRESS;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return ADDRESS;
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw new UnsupportedOperationException("a leg has no address");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    /** The channel's far side. */
    private final class Wire extends Leg {
        private boolean ended;

        void take(ByteBuf data) {
            received(data);
        }

        void taken() {
            receivedAll();
        }

        void end() {
            if (!ended) {
                ended = true;
                receivedClose();
            }
        }

        @Override
        protected void send(ByteBuf data) {
            int bytes = data.readableBytes();
            if (closed) {
                data.release();
            } else {
                pipeline().fireChannelRead(data);
            }
            written(bytes);
        }

        @Override
        protected void flush() {
            if (!closed) {
                pipeline().fireChannelReadComplete();
            }
        }

        @Override
        protected void sendEnd() {
            drained();
            LegChannel.this.close();
        }

        @Override
        protected void credit(int bytes) {
            ahead -= bytes;
            if (blocked && ahead < AHEAD_RESUME && !closed) {
                unsafe().flush();
            }
        }

        @Override
        protected void resume() {
            // Nothing is held back.
        }

        @Override
        public void abort() {
            LegChannel.this.close();
        }

        @Override
        protected void close() {
            LegChannel.this.close();
        }

        @Override
        protected ByteBufAllocator allocator() {
            return alloc();
        }
    }
}
