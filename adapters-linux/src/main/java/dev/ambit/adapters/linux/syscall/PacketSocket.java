package dev.ambit.adapters.linux.syscall;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Sees every frame of one link, in both directions (packet(7), SOCK_DGRAM: from the IP header on). Open it with the thread
 * inside the link's namespace.
 */
public final class PacketSocket implements AutoCloseable {
    /** struct sockaddr_ll. */
    private static final int ADDRESS_BYTES = 20;

    // struct msghdr on 64 bits: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48
    private static final long MSGHDR = 56;

    private final Descriptor descriptor;

    private PacketSocket(int fd, String name) {
        this.descriptor = new Descriptor(fd, name);
    }

    /**
     * Begins to see frames.
     *
     * @param interfaceIndex as {@link java.net.NetworkInterface#getIndex} says
     * @param bufferBytes how much the kernel may hold for us before it drops frames
     */
    public static PacketSocket open(int interfaceIndex, int bufferBytes) {
        var socket = new PacketSocket(Libc.packetSocket(), "packet socket on interface " + interfaceIndex);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS_BYTES, 4);
            address.set(JAVA_SHORT, 0, (short) Libc.AF_PACKET);
            address.set(JAVA_SHORT, 2, Libc.ETH_P_ALL_BIG_ENDIAN);
            address.set(JAVA_INT, 4, interfaceIndex);
            socket.descriptor.use(fd -> {
                Libc.receiveBuffer(fd, bufferBytes);
                Libc.bind(fd, address, "interface " + interfaceIndex);
                return fd;
            });
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** The next frame into the buffer, cut to its size; false if none came in time. */
    public boolean receive(ByteBuffer direct, Duration timeout) {
        direct.clear();
        int length = descriptor.use(fd -> {
            if (!Libc.awaitReadable(fd, (int) timeout.toMillis())) {
                return -1;
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment data = MemorySegment.ofBuffer(direct);
                MemorySegment vector = arena.allocate(16, 8);
                vector.set(ADDRESS, 0, data);
                vector.set(JAVA_LONG, 8, data.byteSize());
                MemorySegment message = arena.allocate(MSGHDR, ValueLayout.ADDRESS.byteAlignment());
                message.set(ADDRESS, 16, vector);
                message.set(JAVA_LONG, 24, 1);
                return (int) Libc.recvmsg(fd, message, 0);
            }
        });
        if (length < 0) {
            return false;
        }
        direct.limit(length);
        return true;
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
