package dev.ambit.adapters.loom.socket;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;

/**
 * The file descriptor of one of the JDK's channels, which it does not tell, and without which there is no way to options
 * that the JDK does not know. Read from the field that has it, by {@code sun.misc.Unsafe} called by name: opening the JDK's
 * package on the command line would make the virtual machine refuse a recorded start (ADR 0025).
 */
final class Descriptors {
    private static final MethodHandle READ_INT;
    private static final long CONNECTION_OFFSET;
    private static final long LISTENER_OFFSET;

    static {
        try {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field only = unsafe.getDeclaredField("theUnsafe");
            only.setAccessible(true);
            Object memory = only.get(null);
            MethodHandles.Lookup all = MethodHandles.publicLookup();
            MethodHandle offset = all.findVirtual(
                            unsafe, "objectFieldOffset", MethodType.methodType(long.class, Field.class))
                    .bindTo(memory);
            CONNECTION_OFFSET = (long)
                    offset.invoke(Class.forName("sun.nio.ch.SocketChannelImpl").getDeclaredField("fdVal"));
            LISTENER_OFFSET = (long) offset.invoke(
                    Class.forName("sun.nio.ch.ServerSocketChannelImpl").getDeclaredField("fdVal"));
            READ_INT = all.findVirtual(unsafe, "getInt", MethodType.methodType(int.class, Object.class, long.class))
                    .bindTo(memory);
        } catch (Throwable unknown) {
            throw new ExceptionInInitializerError(new IllegalStateException(
                    "this JVM hides the descriptors of its sockets; it has to be a JDK 25 that runs with"
                            + " --sun-misc-unsafe-memory-access=allow",
                    unknown));
        }
    }

    /** Meaningful as long as the channel is open. */
    static int of(NetworkChannel channel) {
        long offset = channel instanceof ServerSocketChannel ? LISTENER_OFFSET : CONNECTION_OFFSET;
        try {
            return (int) READ_INT.invoke((Object) channel, offset);
        } catch (Throwable impossible) {
            throw new IllegalStateException("cannot read the descriptor of " + channel, impossible);
        }
    }

    private Descriptors() {}
}
