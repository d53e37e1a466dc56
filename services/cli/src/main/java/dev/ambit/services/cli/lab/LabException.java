package dev.ambit.services.cli.lab;

/** The lab cannot be built or a part of it does not come up; the message is for the person at the terminal. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LabException(String message) {
        super(message);
    }
}
