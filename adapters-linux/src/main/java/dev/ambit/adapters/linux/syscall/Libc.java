package dev.ambit.adapters.linux.syscall;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
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
import java.nio.file.Path;

/**
 * The libc functions this module calls, on 64-bit Linux. Every function throws {@link SyscallException} where C returns
 * -1, and starts again where a signal interrupted it.
 */
public final class Libc {

    static final int AF_UNIX = 1;
    static final int AF_PACKET = 17;
    static final short ETH_P_ALL_BIG_ENDIAN = 0x0300;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;

    private static final int O_CLOEXEC = 0x80000;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SOCK_SEQPACKET_CLOEXEC = 5 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_MARK = 36;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SHUT_RDWR = 2;
    private static final int CLONE_NEWNET = 0x40000000;
    private static final long NS_GET_NSTYPE = 0xb703;
    private static final short POLLIN = 1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> STATES =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private static final MethodHandle OPEN = handle("open", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CLOSE = handle("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle IOCTL = handle("ioctl", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle SETNS = handle("setns", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle UNSHARE = handle("unshare", JAVA_INT, JAVA_INT);
    private static final MethodHandle SOCKET = handle("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = handle("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN = handle("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle ACCEPT = handle("accept4", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle CONNECT = handle("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            handle("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SHUTDOWN = handle("shutdown", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle POLL = handle("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SENDMSG = handle("sendmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle RECVMSG = handle("recvmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);

    private Libc() {}

    /** Opens a file for reading. */
    public static int open(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            return (int) call("open", path, state -> (int) OPEN.invokeExact(state, name, O_CLOEXEC));
        }
    }

    /** Never starts again: Linux frees the number even when a signal interrupts. */
    public static void close(int fd) {
        callOnce("close", fd, state -> (int) CLOSE.invokeExact(state, fd));
    }

    /** Whether the descriptor is a network namespace, rather than another kind of namespace or of file. */
    public static boolean isNetworkNamespace(int fd) {
        try {
            return call("ioctl(NS_GET_NSTYPE)", fd, state -> (int) IOCTL.invokeExact(state, fd, NS_GET_NSTYPE))
                    == CLONE_NEWNET;
        } catch (SyscallException e) {
            if (e.is(SyscallException.ENOTTY)) {
                return false;
            }
            throw e;
        }
    }

    /** Moves the calling thread into a network namespace. */
    public static void setns(int fd) {
        call("setns", fd, state -> (int) SETNS.invokeExact(state, fd, CLONE_NEWNET));
    }

    /** Moves the calling thread into a new network namespace of its own. */
    public static void unshareNetwork() {
        call("unshare", "CLONE_NEWNET", state -> (int) UNSHARE.invokeExact(state, CLONE_NEWNET));
    }

    static int seqPacketSocket() {
        return (int) call("socket", "AF_UNIX/SOCK_SEQPACKET", state ->
                (int) SOCKET.invokeExact(state, AF_UNIX, SOCK_SEQPACKET_CLOEXEC, 0));
    }

    static int packetSocket() {
        return (int) call("socket", "AF_PACKET/SOCK_DGRAM", state ->
                (int) SOCKET.invokeExact(state, AF_PACKET, SOCK_DGRAM_CLOEXEC, (int) ETH_P_ALL_BIG_ENDIAN));
    }

    /**
     * Checks that this process may set a mark on its sockets.
     *
     * @throws SyscallException if it may not
     */
    public static void tryMark(int mark) {
        int fd = seqPacketSocket();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(JAVA_INT, mark);
            call("setsockopt(SO_MARK)", mark, state ->
                    (int) SETSOCKOPT.invokeExact(state, fd, SOL_SOCKET, SO_MARK, value, 4));
        } finally {
            close(fd);
        }
    }

    /** Sets the receive buffer beyond the limit for ordinary users. */
    static void receiveBuffer(int fd, int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(JAVA_INT, bytes);
            call("setsockopt(SO_RCVBUFFORCE)", bytes, state ->
                    (int) SETSOCKOPT.invokeExact(state, fd, SOL_SOCKET, SO_RCVBUFFORCE, value, 4));
        }
    }

    static void bind(int fd, MemorySegment address, Object shown) {
        call("bind", shown, state -> (int) BIND.invokeExact(state, fd, address, (int) address.byteSize()));
    }

    static void listen(int fd, int backlog) {
        call("listen", fd, state -> (int) LISTEN.invokeExact(state, fd, backlog));
    }

    static int accept(int fd) {
        return (int) call("accept4", fd, state ->
                (int) ACCEPT.invokeExact(state, fd, MemorySegment.NULL, MemorySegment.NULL, SOCK_CLOEXEC));
    }

    static void connect(int fd, MemorySegment address, Object shown) {
        call("connect", shown, state -> (int) CONNECT.invokeExact(state, fd, address, (int) address.byteSize()));
    }

    /** Wakes every thread that waits on the socket. A socket that has no peer any more is fine. */
    static void shutdown(int fd) {
        try {
            call("shutdown", fd, state -> (int) SHUTDOWN.invokeExact(state, fd, SHUT_RDWR));
        } catch (SyscallException e) {
            if (!e.is(SyscallException.ENOTCONN)) {
                throw e;
            }
        }
    }

    /** Waits until there is something to read, or nothing ever will be; false after the time, -1 = no limit. */
    static boolean awaitReadable(int fd, int timeoutMillis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(8, 4); // struct pollfd: int fd, short events, short revents
            poll.set(JAVA_INT, 0, fd);
            poll.set(JAVA_SHORT, 4, POLLIN);
            return call("poll", fd, state -> (int) POLL.invokeExact(state, poll, 1L, timeoutMillis)) > 0;
        }
    }

    static long sendmsg(int fd, MemorySegment message) {
        return call(
                "sendmsg", fd, state -> (long) SENDMSG.invokeExact(state, fd, message, MSG_DONTWAIT | MSG_NOSIGNAL));
    }

    static long recvmsg(int fd, MemorySegment message, int flags) {
        return call("recvmsg", fd, state -> (long) RECVMSG.invokeExact(state, fd, message, flags));
    }

    // Downcalls are restricted because a wrong descriptor crashes the VM; the descriptors are all above.
    @SuppressWarnings("restricted")
    private static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    private static long call(String name, Object argument, Downcall downcall) {
        while (true) {
            try {
                return callOnce(name, argument, downcall);
            } catch (SyscallException e) {
                if (!e.is(SyscallException.EINTR)) {
                    throw e;
                }
            }
        }
    }

    private static long callOnce(String name, Object argument, Downcall downcall) {
        MemorySegment state = STATES.get();
        long result;
        try {
            result = downcall.invoke(state);
        } catch (Throwable e) {
            throw new IllegalStateException("downcall of " + name + " failed", e);
        }
        if (result < 0) {
            throw new SyscallException(name, argument, (int) ERRNO.get(state, 0L));
        }
        return result;
    }

    @FunctionalInterface
    private interface Downcall {
        long invoke(MemorySegment state) throws Throwable;
    }
}
