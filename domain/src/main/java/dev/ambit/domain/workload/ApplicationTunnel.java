package dev.ambit.domain.workload;

/**
 * A tunnel protocol that the application itself speaks (sandwiched waypoints).
 *
 * @param port where it listens; 0 means the port the caller asked for
 */
public record ApplicationTunnel(Protocol protocol, int port) {

    /** The workload speaks no tunnel protocol of its own. */
    public static final ApplicationTunnel ABSENT = new ApplicationTunnel(Protocol.ABSENT, 0);

    /** {@code NONE} is a tunnel without framing; {@code ABSENT} is no tunnel at all. */
    public enum Protocol {
        ABSENT,
        NONE,
        PROXY
    }

    public boolean isPresent() {
        return protocol != Protocol.ABSENT;
    }
}
