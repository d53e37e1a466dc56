package dev.ambit.ports.ca;

/** The authority cannot do its job now: its key is unreadable, its backend is away. */
public final class CertificateAuthorityException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CertificateAuthorityException(String message, Throwable cause) {
        super(message, cause);
    }

    public CertificateAuthorityException(String message) {
        super(message);
    }
}
