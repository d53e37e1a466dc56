package dev.ambit.adapters.netty;

/**
 * What only this transport needs to know.
 *
 * @param eventLoops threads that carry bytes, 1 to 1024
 * @param handshakesMax TLS handshakes that one pod's listener has under way at a time; more are turned away
 */
public record NettyOptions(int eventLoops, int handshakesMax) {
    private static final int EVENT_LOOPS_MAX = 1024;
    private static final int HANDSHAKES_MAX = 1 << 20;

    /** Several thousand new tunnels per second at ordinary handshake times. */
    private static final int HANDSHAKES_DEFAULT = 1024;

    public NettyOptions {
        check("event loops", eventLoops, EVENT_LOOPS_MAX);
        check("handshakes", handshakesMax, HANDSHAKES_MAX);
    }

    public NettyOptions(int eventLoops) {
        this(eventLoops, HANDSHAKES_DEFAULT);
    }

    private static void check(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " is not between 1 and " + max);
        }
    }
}
