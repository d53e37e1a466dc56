package dev.ambit.domain.flow;

/** How a connection ended. */
public sealed interface FlowOutcome {

    ResponseFlag flag();

    /** Both directions ended in order. */
    record Completed() implements FlowOutcome {
        @Override
        public ResponseFlag flag() {
            return ResponseFlag.NONE;
        }
    }

    /** The plan refused it, or an established connection was ended on purpose. */
    record Refused(RefusalReason reason) implements FlowOutcome {
        @Override
        public ResponseFlag flag() {
            return reason.flag();
        }
    }

    /**
     * The world failed.
     *
     * @param message one line, lower case, with the likely cause where there is one
     */
    record Failed(ResponseFlag flag, String message) implements FlowOutcome {}
}
