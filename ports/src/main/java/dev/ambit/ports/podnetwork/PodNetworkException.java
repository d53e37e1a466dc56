package dev.ambit.ports.podnetwork;

/** The kernel, or a tool that programs it, refused. The message names what was tried and what to check. */
public final class PodNetworkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PodNetworkException(String message) {
        super(message);
    }

    public PodNetworkException(String message, Throwable cause) {
        super(message, cause);
    }
}
