package dev.ambit.adapters.linux.syscall;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A unix socket that keeps packet boundaries and carries open descriptors (unix(7), SOCK_SEQPACKET and SCM_RIGHTS).
 * Safe for use by several threads; closing it wakes those that wait.
 */
public final class SeqPacketSocket implements AutoCloseable {

    /** sun_path of struct sockaddr_un, with its final zero. */
    private static final int PATH_BYTES_MAX = 108;

    /** Room for more descriptors than any message may carry, so that a message with too many is seen as such. */
    private static final int DESCRIPTORS_MAX = 16;

    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_TRUNC = 0x20;

    // struct cmsghdr on 64 bits: size_t len, int level, int type; then the data, padded to 8
    private static final long CMSG_HEADER = 16;
    // struct msghdr on 64 bits: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48
    private static final long MSGHDR = 56;

    private final Descriptor descriptor;

    private SeqPacketSocket(int fd, String name) {
        this.descriptor = new Descriptor(fd, name);
    }

    /**
     * Listens at a path that only our own user may connect to. The file must not exist.
     *
     * @throws SyscallException if the kernel refuses
     * @throws IOException if the file's mode cannot be set
     */
    public static SeqPacketSocket listen(Path path, int backlog) throws IOException {
        var socket = new SeqPacketSocket(Libc.seqPacketSocket(), "socket " + path);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(arena, path);
            socket.descriptor.use(fd -> {
                Libc.bind(fd, address, path);
                return path;
            });
            // before listen, so that nobody else connects in between
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            socket.descriptor.use(fd -> {
                Libc.listen(fd, backlog);
                return path;
            });
            return socket;
        } catch (RuntimeException | IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Connects to the socket at a path.
     *
     * @throws SyscallException if nobody listens there
     */
    public static SeqPacketSocket connect(Path path) {
        var socket = new SeqPacketSocket(Libc.seqPacketSocket(), "connection to " + path);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = address(arena, path);
            socket.descriptor.use(fd -> {
                Libc.connect(fd, address, path);
                return path;
            });
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static MemorySegment address(Arena arena, Path path) {
        MemorySegment name = arena.allocateFrom(path.toString());
        if (name.byteSize() > PATH_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "socket path " + path + " is longer than " + (PATH_BYTES_MAX - 1) + " bytes; choose a shorter one");
        }
        MemorySegment address = arena.allocate(2 + PATH_BYTES_MAX, 2);
        address.set(JAVA_SHORT, 0, (short) Libc.AF_UNIX);
        address.asSlice(2).copyFrom(name);
        return address;
    }

    /** Waits for the next connection; fails when closed. */
    public SeqPacketSocket accept() {
        return new SeqPacketSocket(descriptor.use(Libc::accept), "connection of " + descriptor);
    }

    /** Waits until {@link #receive} would not wait; false when nothing came in time. */
    public boolean awaitReadable(Duration longest) {
        int millis = Math.clamp(longest.toMillis(), 0, Integer.MAX_VALUE);
        return descriptor.use(fd -> Libc.awaitReadable(fd, millis));
    }

    /**
     * Sends one packet. Never waits: a peer that lets its buffer fill up is an error.
     *
     * @throws SyscallException if the peer is gone, or does not read
     */
    public void send(byte[] data, int... descriptors) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = message(arena, arena.allocateFrom(JAVA_BYTE, data));
            if (descriptors.length > 0) {
                MemorySegment control = control(arena, descriptors.length);
                control.set(JAVA_LONG, 0, CMSG_HEADER + 4L * descriptors.length);
                control.set(JAVA_INT, 8, SOL_SOCKET);
                control.set(JAVA_INT, 12, SCM_RIGHTS);
                MemorySegment.copy(descriptors, 0, control, JAVA_INT, CMSG_HEADER, descriptors.length);
                attach(message, control);
            }
            descriptor.use(fd -> Libc.sendmsg(fd, message));
        }
    }

    /** Waits for the next packet; empty when the peer has closed, or this end was closed while waiting. */
    public Optional<ReceivedPacket> receive(int bytesMax) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(bytesMax);
            MemorySegment message = message(arena, buffer);
            MemorySegment control = control(arena, DESCRIPTORS_MAX);
            attach(message, control);
            long length = descriptor.use(fd -> Libc.recvmsg(fd, message, Libc.MSG_CMSG_CLOEXEC));
            List<Integer> descriptors = descriptors(control, message.get(JAVA_LONG, 40));
            if (length == 0 && descriptors.isEmpty()) {
                return Optional.empty();
            }
            boolean truncated = (message.get(JAVA_INT, 48) & (MSG_TRUNC | MSG_CTRUNC)) != 0;
            return Optional.of(
                    new ReceivedPacket(buffer.asSlice(0, length).toArray(JAVA_BYTE), truncated, descriptors));
        }
    }

    private static MemorySegment message(Arena arena, MemorySegment data) {
        MemorySegment vector = arena.allocate(16, 8); // struct iovec: base, length
        vector.set(ADDRESS, 0, data);
        vector.set(JAVA_LONG, 8, data.byteSize());
        MemorySegment message = arena.allocate(MSGHDR, 8);
        message.set(ADDRESS, 16, vector);
        message.set(JAVA_LONG, 24, 1);
        return message;
    }

    private static MemorySegment control(Arena arena, int descriptors) {
        return arena.allocate(CMSG_HEADER + aligned(4L * descriptors), 8);
    }

    private static void attach(MemorySegment message, MemorySegment control) {
        message.set(ADDRESS, 32, control);
        message.set(JAVA_LONG, 40, control.byteSize());
    }

    private static List<Integer> descriptors(MemorySegment control, long length) {
        var found = new ArrayList<Integer>();
        long at = 0;
        while (at + CMSG_HEADER <= length) {
            long size = control.get(JAVA_LONG, at);
            if (size < CMSG_HEADER) {
                break;
            }
            boolean rights =
                    control.get(JAVA_INT, at + 8) == SOL_SOCKET && control.get(JAVA_INT, at + 12) == SCM_RIGHTS;
            for (long i = at + CMSG_HEADER; rights && i + 4 <= at + size; i += 4) {
                found.add(control.get(JAVA_INT, i));
            }
            at += aligned(size);
        }
        return found;
    }

    private static long aligned(long bytes) {
        return (bytes + 7) & -8;
    }

    public boolean isClosed() {
        return descriptor.isClosed();
    }

    /** Wakes whoever waits on this socket and closes it when they are gone. Idempotent. */
    @Override
    public void close() {
        if (descriptor.isClosed()) {
            return;
        }
        try {
            descriptor.use(fd -> {
                Libc.shutdown(fd);
                return fd;
            });
        } catch (IllegalStateException alreadyClosed) {
            // another thread was faster
        } finally {
            descriptor.close();
        }
    }
}
