package dev.ambit.adapters.linux.namespace;

import dev.ambit.adapters.linux.syscall.Libc;
import dev.ambit.adapters.linux.syscall.SyscallException;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.nio.file.Path;

/** What a node proxy must be allowed to do before it can serve any pod. */
public final class Privileges {

    /** Binds the C library's functions, which takes a while at a process's start; the first one to use them does it, too. */
    public static void prepare() {
        Libc.close(Libc.open(Path.of("/proc/self/ns/net")));
    }

    /**
     * Tries to enter a network namespace (its own) and to mark a socket.
     *
     * @param mark 0 for none
     * @throws PodNetworkException if either is forbidden; the message says which capability is missing
     */
    public static void require(int mark) {
        int home = Libc.open(Path.of("/proc/self/ns/net"));
        try {
            Libc.setns(home);
        } catch (SyscallException e) {
            throw new PodNetworkException(
                    "this process may not enter pods' network namespaces; it needs CAP_SYS_ADMIN (" + e.getMessage()
                            + ")",
                    e);
        } finally {
            Libc.close(home);
        }
        try {
            if (mark != 0) {
                Libc.tryMark(mark);
            }
        } catch (SyscallException e) {
            throw new PodNetworkException(
                    "this process may not set PACKET_MARK " + mark + " on sockets; it needs CAP_NET_ADMIN ("
                            + e.getMessage() + ")",
                    e);
        }
    }

    private Privileges() {}
}
