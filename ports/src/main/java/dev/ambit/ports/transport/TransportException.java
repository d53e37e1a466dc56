package dev.ambit.ports.transport;

/** The transport cannot do its job at all, for example a port is taken. Not for a refused or failed connection. */
public final class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TransportException(String message, Throwable cause) {
        super(message, cause);
    }
}
