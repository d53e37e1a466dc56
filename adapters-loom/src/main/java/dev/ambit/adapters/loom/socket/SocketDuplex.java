package dev.ambit.adapters.loom.socket;

import dev.ambit.adapters.loom.stream.Duplex;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A connected TCP socket. */
public final class SocketDuplex implements Duplex {
    /** Of struct sockaddr_in and struct sockaddr_in6. */
    private static final int SOCKADDR_IN_BYTES = 16;

    private static final int SOCKADDR_IN6_BYTES = 28;

    private final SocketChannel channel;
    private final Consumer<SocketDuplex> closed;
    private final AtomicBoolean over = new AtomicBoolean();

    /**
     * A channel that is connected, or is going to be.
     *
     * @param closed hears once that the socket is closed
     */
    SocketDuplex(SocketChannel channel, Consumer<SocketDuplex> closed) {
        this.channel = channel;
        this.closed = closed;
    }

    /** Connects within this time; before that, the socket can only be closed. */
    void connect(IpPort target, Duration timeout) throws IOException {
        channel.socket().connect(target.toSocketAddress(), Math.toIntExact(timeout.toMillis()));
    }

    /** The address of this end. */
    public IpPort local() throws IOException {
        return IpPort.of((InetSocketAddress) channel.getLocalAddress());
    }

    /** The address of the other end. */
    public IpPort remote() throws IOException {
        return IpPort.of((InetSocketAddress) channel.getRemoteAddress());
    }

    /** The address that a redirected connection was dialled to; the socket's own when it was not redirected. */
    public IpPort originalDestination() throws IOException {
        IpPort local = local();
        Optional<IpPort> original = local.ip().isV4()
                ? original(KernelOptions.ORIGINAL_DESTINATION, SOCKADDR_IN_BYTES, 4, 4)
                : original(KernelOptions.ORIGINAL_DESTINATION_V6, SOCKADDR_IN6_BYTES, 8, 16);
        return original.orElse(local);
    }

    private Optional<IpPort> original(KernelOptions option, int sockaddrBytes, int addressAt, int addressBytes) {
        // Family and flow label are in host order and not needed; port and address are in network order.
        return option(option, sockaddrBytes)
                .flatMap(sockaddr -> IpAddress.ofBytes(
                                Arrays.copyOfRange(sockaddr, addressAt, addressAt + addressBytes))
                        .map(ip -> new IpPort(
                                ip,
                                Short.toUnsignedInt(ByteBuffer.wrap(sockaddr).getShort(2)))));
    }

    Optional<byte[]> option(KernelOptions option, int bytesMax) {
        return option.get(channel, bytesMax);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    /**
     * As {@link #read}, into a buffer of the heap, but waits no longer than this.
     *
     * @throws SocketTimeoutException if nothing came
     */
    public int readWithin(ByteBuffer into, Duration time) throws IOException {
        if (!time.isPositive()) {
            throw new SocketTimeoutException("too late");
        }
        channel.socket().setSoTimeout((int) Math.max(1, time.toMillis()));
        int count = channel.socket()
                .getInputStream()
                .read(into.array(), into.arrayOffset() + into.position(), into.remaining());
        into.position(into.position() + Math.max(0, count));
        return count;
    }

    @Override
    public int available() throws IOException {
        return channel.socket().getInputStream().available();
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            channel.write(from);
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    /** A reset, because what lingers is nothing. */
    @Override
    public void abort() {
        if (over.compareAndSet(false, true)) {
            try {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (ClosedChannelException gone) {
                // As was to be.
            } catch (IOException refused) {
                // Then it ends in order, which ends it too.
            }
            closeNow();
        }
    }

    @Override
    public void close() {
        if (over.compareAndSet(false, true)) {
            closeNow();
        }
    }

    private void closeNow() {
        try {
            channel.close();
        } catch (IOException gone) {
            // The descriptor is free all the same (close(2)).
        } finally {
            closed.accept(this);
        }
    }

    @Override
    public String toString() {
        return channel.toString();
    }
}
