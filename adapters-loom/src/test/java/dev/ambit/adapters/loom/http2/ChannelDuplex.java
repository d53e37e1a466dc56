package dev.ambit.adapters.loom.http2;

import dev.ambit.adapters.loom.stream.Duplex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/** A socket on loopback, without everything else that a pod's sockets are. */
record ChannelDuplex(SocketChannel channel) implements Duplex {

    /** Both ends of one connection. */
    static List<ChannelDuplex> pair() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            SocketChannel dialled = SocketChannel.open(listener.getLocalAddress());
            SocketChannel accepted = listener.accept();
            dialled.setOption(StandardSocketOptions.TCP_NODELAY, true);
            accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return List.of(new ChannelDuplex(dialled), new ChannelDuplex(accepted));
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public int available() {
        return 0;
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

    @Override
    public void abort() {
        close();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
