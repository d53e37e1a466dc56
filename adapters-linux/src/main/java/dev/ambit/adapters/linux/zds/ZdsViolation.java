package dev.ambit.adapters.linux.zds;

/** The peer broke the order of the dialogue, so nothing that follows can be trusted: the connection must end. */
final class ZdsViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ZdsViolation(String message) {
        super(message);
    }
}
