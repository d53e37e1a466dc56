package dev.ambit.adapters.xds.discovery;

import io.grpc.Status;

/** Why a stream ended, in the words of Istio's metric {@code istio_xds_connection_terminations_total}. */
enum Termination {
    /** It could not be opened. */
    CONNECTION_ERROR("ConnectionError"),
    /** The control plane refused, or what it sent could not be taken. */
    ERROR("Error"),
    /** The connection went, as connections do. */
    RECONNECT("Reconnect"),
    /** The control plane ended it in good order. */
    COMPLETE("Complete");

    private final String reason;

    Termination(String reason) {
        this.reason = reason;
    }

    /** The label's value. */
    String reason() {
        return reason;
    }

    /** @param useful whether anything came over the stream */
    static Termination of(Status status, boolean useful) {
        return switch (status.getCode()) {
            case OK -> COMPLETE;
            case UNAVAILABLE -> useful ? RECONNECT : CONNECTION_ERROR;
            case UNKNOWN, CANCELLED, DEADLINE_EXCEEDED -> RECONNECT;
            default -> ERROR;
        };
    }
}
