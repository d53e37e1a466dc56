package dev.ambit.adapters.loom.tunnel;

import dev.ambit.domain.flow.ResponseFlag;

/** There is no stream for a connection; what its report says about that. */
final class TunnelFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final ResponseFlag flag;

    TunnelFailure(ResponseFlag flag, String message) {
        super(message);
        this.flag = flag;
    }

    ResponseFlag flag() {
        return flag;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
