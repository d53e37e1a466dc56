package dev.ambit.adapters.linux.syscall;

/** A system call that the kernel refused: which, on what, and why (errno(3)). */
public final class SyscallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final int EPERM = 1;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int ENOTTY = 25;
    static final int ENOTCONN = 107;

    private final int errno;

    SyscallException(String call, Object argument, int errno) {
        super(call + " of " + argument + ": " + describe(errno));
        this.errno = errno;
    }

    boolean is(int expected) {
        return errno == expected;
    }

    /** The name and meaning of the error numbers that the calls of this package are documented to set. */
    private static String describe(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM (not permitted; needs root or CAP_SYS_ADMIN)";
            case 2 -> "ENOENT (no such file)";
            case EINTR -> "EINTR (interrupted by a signal)";
            case 9 -> "EBADF (not an open descriptor)";
            case EAGAIN -> "EAGAIN (would block)";
            case 12 -> "ENOMEM (out of memory)";
            case 13 -> "EACCES (permission denied)";
            case 20 -> "ENOTDIR (not a directory)";
            case 22 -> "EINVAL (invalid argument)";
            case 23 -> "ENFILE (too many open files in the system)";
            case 24 -> "EMFILE (too many open files in this process)";
            case ENOTTY -> "ENOTTY (wrong kind of file)";
            case 28 -> "ENOSPC (a limit is reached; see /proc/sys/user/max_net_namespaces)";
            case 32 -> "EPIPE (the peer is gone)";
            case 36 -> "ENAMETOOLONG (name too long)";
            case 40 -> "ELOOP (too many symbolic links)";
            case 88 -> "ENOTSOCK (not a socket)";
            case 91 -> "EPROTOTYPE (a socket of another type)";
            case 98 -> "EADDRINUSE (address in use)";
            case 104 -> "ECONNRESET (the peer closed)";
            case ENOTCONN -> "ENOTCONN (not connected)";
            case 111 -> "ECONNREFUSED (nobody listens)";
            default -> "errno " + errno;
        };
    }
}
