package dev.ambit.adapters.netty.http2;

/** The peer broke the rules in a way that ends the whole connection with GOAWAY. */
final class Http2Violation extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    Http2Violation(ErrorCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    ErrorCode code() {
        return code;
    }
}
