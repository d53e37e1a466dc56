package dev.ambit.ports.transport;

import java.util.Locale;

/** What a transport can be short of. */
public enum Strain {
    /** Sockets, or the file descriptors that they need. */
    SOCKETS,
    /** Memory for bytes on their way. */
    BUFFERS;

    /** The value of a metric label. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
