package dev.ambit.adapters.loom.socket;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.SocketException;
import java.nio.channels.NetworkChannel;
import java.util.Optional;

/**
 * Socket options of Linux that the JDK does not know (socket(7), ip(7), tcp(7)). Each call is a short one into the kernel, so
 * that a virtual thread may make it.
 */
enum KernelOptions {
    MARK(1, 36, "SO_MARK"),
    REUSEPORT_PROGRAM(1, 51, "SO_ATTACH_REUSEPORT_CBPF"),
    FREEBIND(0, 15, "IP_FREEBIND"),
    TRANSPARENT(0, 19, "IP_TRANSPARENT"),
    BIND_ADDRESS_NO_PORT(0, 24, "IP_BIND_ADDRESS_NO_PORT"),
    ORIGINAL_DESTINATION(0, 80, "SO_ORIGINAL_DST"),
    ORIGINAL_DESTINATION_V6(41, 80, "IP6T_SO_ORIGINAL_DST"),
    KEEPALIVE(1, 9, "SO_KEEPALIVE"),
    KEEPALIVE_IDLE(6, 4, "TCP_KEEPIDLE"),
    KEEPALIVE_INTERVAL(6, 5, "TCP_KEEPINTVL"),
    KEEPALIVE_COUNT(6, 6, "TCP_KEEPCNT"),
    USER_TIMEOUT(6, 18, "TCP_USER_TIMEOUT");

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));
    private static final MethodHandle SET = handle("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GET = handle("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final int EPERM = 1;

    private final int level;
    private final int number;
    private final String label;

    KernelOptions(int level, int number, String label) {
        this.level = level;
        this.number = number;
        this.label = label;
    }

    // Downcalls are restricted because a wrong descriptor crashes the VM; the descriptors are above.
    @SuppressWarnings("restricted")
    private static MethodHandle handle(String name, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(JAVA_INT, arguments),
                Linker.Option.captureCallState("errno"));
    }

    /** Sets an option whose value is a number. */
    void set(NetworkChannel socket, int value) throws SocketException {
        try (Arena arena = Arena.ofConfined()) {
            set(socket, arena, arena.allocateFrom(JAVA_INT, value));
        }
    }

    /** Sets a program of one instruction: return this number. */
    void setProgram(NetworkChannel socket, int result) throws SocketException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment instruction = arena.allocate(8, 4); // struct sock_filter: code, jt, jf, k
            instruction.set(JAVA_SHORT, 0, (short) 0x06); // BPF_RET | BPF_K
            instruction.set(JAVA_INT, 4, result);
            MemorySegment program = arena.allocate(16, 8); // struct sock_fprog: unsigned short len, pointer
            program.set(JAVA_SHORT, 0, (short) 1);
            program.set(ADDRESS, 8, instruction);
            set(socket, arena, program);
        }
    }

    private void set(NetworkChannel socket, Arena arena, MemorySegment value) throws SocketException {
        MemorySegment state = arena.allocate(STATE);
        int result;
        try {
            result = (int) SET.invokeExact(state, Descriptors.of(socket), level, number, value, (int) value.byteSize());
        } catch (Throwable impossible) {
            throw new IllegalStateException("downcall of setsockopt failed", impossible);
        }
        if (result < 0) {
            int errno = (int) ERRNO.get(state, 0L);
            String why = errno == EPERM ? "not permitted, it takes CAP_NET_ADMIN" : "errno " + errno;
            throw new SocketException("cannot set " + label + ": " + why);
        }
    }

    /** The value, at most this long; empty if the kernel has none. */
    Optional<byte[]> get(NetworkChannel socket, int bytesMax) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(bytesMax, 4);
            MemorySegment length = arena.allocateFrom(JAVA_INT, bytesMax);
            int result =
                    (int) GET.invokeExact(arena.allocate(STATE), Descriptors.of(socket), level, number, value, length);
            return result < 0
                    ? Optional.empty()
                    : Optional.of(value.asSlice(0, length.get(JAVA_INT, 0)).toArray(JAVA_BYTE));
        } catch (Throwable impossible) {
            throw new IllegalStateException("downcall of getsockopt failed", impossible);
        }
    }
}
