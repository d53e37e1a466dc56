package dev.ambit.adapters.netty.relay;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Bytes that one event loop counts and any thread reads. Opaque access: as cheap as a plain field, never torn or stuck. */
final class ByteCount {
    private static final VarHandle BYTES;

    @SuppressWarnings("UnusedVariable") // by its handle
    private long bytes;

    static {
        try {
            BYTES = MethodHandles.lookup().findVarHandle(ByteCount.class, "bytes", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Only by the one thread that counts. */
    void add(int more) {
        BYTES.setOpaque(this, (long) BYTES.getOpaque(this) + more);
    }

    long get() {
        return (long) BYTES.getOpaque(this);
    }
}
