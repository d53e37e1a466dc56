package dev.ambit.ports.names;

/** A host name without an address; the message says why, in one line. */
public final class HostResolverException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public HostResolverException(String message) {
        super(message);
    }

    public HostResolverException(String message, Throwable cause) {
        super(message, cause);
    }
}
