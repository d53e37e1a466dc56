package dev.ambit.ports.dns;

/** A name server did not answer. The message names it, and says why. */
public final class DnsUpstreamException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DnsUpstreamException(String message) {
        super(message);
    }

    public DnsUpstreamException(String message, Throwable cause) {
        super(message, cause);
    }
}
