package dev.ambit.adapters.netty.relay;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** What Netty does not ask the kernel about file descriptors: {@code fcntl}. */
final class Descriptors {
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_SETPIPE_SZ = 1031;

    @SuppressWarnings("restricted") // the launcher's flags allow native access
    private static final MethodHandle FCNTL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("fcntl"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(2));

    private Descriptors() {}

    /** Another number for the same open file. */
    static int duplicate(int descriptor) throws IOException {
        int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
        if (copy < 0) {
            throw new IOException("file descriptor " + descriptor + " cannot be duplicated; are there too many?");
        }
        return copy;
    }

    /** Asks for a pipe that holds this many bytes. Returns how many it holds now; negative if the kernel refuses. */
    static int resizePipe(int descriptor, int bytes) {
        return fcntl(descriptor, F_SETPIPE_SZ, bytes);
    }

    private static int fcntl(int descriptor, int command, int argument) {
        try {
            return (int) FCNTL.invokeExact(descriptor, command, argument);
        } catch (Throwable impossible) {
            throw new IllegalStateException("fcntl takes three numbers", impossible);
        }
    }
}
