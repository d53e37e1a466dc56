package dev.ambit.domain.http2;

/** The peer broke the rules in a way that ends the whole connection with GOAWAY. */
public final class Http2Violation extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    /** @param message one line, for the application */
    public Http2Violation(ErrorCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** What GOAWAY says. */
    public ErrorCode code() {
        return code;
    }
}
