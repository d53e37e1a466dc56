package dev.ambit.ports.transport;

import java.time.Duration;

/**
 * Limits and timings that every transport obeys; defaults are Istio's ztunnel's (its configuration names in brackets).
 *
 * @param connectTimeout to an upstream or a tunnel's hop
 * @param handshakeTimeout for TLS and the first HTTP/2 SETTINGS, either side; a half-open peer costs no longer than this
 * @param tunnels how much one of them carries
 * @param sockets how all of them are opened
 * @param capacity what all connections together may use
 */
public record TransportLimits(
        Duration connectTimeout, Duration handshakeTimeout, Tunnels tunnels, Sockets sockets, Capacity capacity) {

    /** SETTINGS_MAX_CONCURRENT_STREAMS that a server announces. */
    public static final int SERVER_STREAMS_MAX = 200;

    /** SETTINGS_MAX_HEADER_LIST_SIZE of a server and of a client, bytes. */
    public static final int SERVER_HEADER_LIST_BYTES_MAX = 65_536;

    public static final int CLIENT_HEADER_LIST_BYTES_MAX = 16_384;

    public static final TransportLimits ISTIO = new TransportLimits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            new Tunnels(4 << 20, 16 << 20, 1 << 20, 100, Duration.ofMinutes(5)),
            new Sockets(0x539, OriginalSource.WHERE_ALLOWED, TcpKeepalive.ISTIO, true),
            Capacity.GENEROUS);

    public TransportLimits withTimeouts(Duration connect, Duration handshake) {
        return new TransportLimits(connect, handshake, tunnels, sockets, capacity);
    }

    /** As {@link Sockets#withPacketMark}. */
    public TransportLimits withPacketMark(int mark) {
        return withSockets(sockets.withPacketMark(mark));
    }

    public TransportLimits withTunnels(Tunnels other) {
        return new TransportLimits(connectTimeout, handshakeTimeout, other, sockets, capacity);
    }

    public TransportLimits withSockets(Sockets other) {
        return new TransportLimits(connectTimeout, handshakeTimeout, tunnels, other, capacity);
    }

    public TransportLimits withCapacity(Capacity most) {
        return new TransportLimits(connectTimeout, handshakeTimeout, tunnels, sockets, most);
    }

    /**
     * How much a tunnel carries.
     *
     * @param streamWindowBytes HTTP/2 window per stream (HTTP2_STREAM_WINDOW_SIZE)
     * @param connectionWindowBytes HTTP/2 window per tunnel (HTTP2_CONNECTION_WINDOW_SIZE)
     * @param frameBytes SETTINGS_MAX_FRAME_SIZE (HTTP2_FRAME_SIZE)
     * @param streamsMax streams the pool puts on one tunnel (POOL_MAX_STREAMS_PER_CONNECTION)
     * @param idleTimeout after which an unused tunnel is closed (POOL_UNUSED_RELEASE_TIMEOUT)
     */
    public record Tunnels(
            int streamWindowBytes, int connectionWindowBytes, int frameBytes, int streamsMax, Duration idleTimeout) {

        public Tunnels withWindows(int streamBytes, int connectionBytes) {
            return new Tunnels(streamBytes, connectionBytes, frameBytes, streamsMax, idleTimeout);
        }

        public Tunnels withStreamsMax(int most) {
            return new Tunnels(streamWindowBytes, connectionWindowBytes, frameBytes, most, idleTimeout);
        }

        public Tunnels withIdleTimeout(Duration idle) {
            return new Tunnels(streamWindowBytes, connectionWindowBytes, frameBytes, streamsMax, idle);
        }
    }

    /**
     * How sockets are opened.
     *
     * @param packetMark SO_MARK of every socket (PACKET_MARK); 0 sets none
     * @param originalSource how to show the caller's address to the application (ENABLE_ORIG_SRC)
     * @param keepalive of sockets to applications and upstreams
     * @param portReuse whether another process may listen in a pod beside this one (INPOD_PORT_REUSE)
     */
    public record Sockets(int packetMark, OriginalSource originalSource, TcpKeepalive keepalive, boolean portReuse) {

        public Sockets withPacketMark(int mark) {
            return new Sockets(mark, originalSource, keepalive, portReuse);
        }

        public Sockets withOriginalSource(OriginalSource shown) {
            return new Sockets(packetMark, shown, keepalive, portReuse);
        }

        public Sockets withPortReuse(boolean shared) {
            return new Sockets(packetMark, originalSource, keepalive, shared);
        }
    }

    /**
     * What all connections together may use, shared out so that no pod gets the last fifth at the cost of modest ones.
     *
     * @param sockets of all pods at a time (AMBIT_SOCKETS_MAX), so that file descriptors are left for everything else
     * @param podBufferedBytes read and not yet written on, of one pod (AMBIT_WORKLOAD_BUFFERED_BYTES_MAX)
     * @param nodeBufferedBytes the same of all pods (AMBIT_NODE_BUFFERED_BYTES_MAX)
     */
    public record Capacity(int sockets, long podBufferedBytes, long nodeBufferedBytes) {
        public static final Capacity GENEROUS = new Capacity(1_000_000, 256L << 20, 1L << 30);

        public Capacity {
            if (sockets < 1 || podBufferedBytes < 1 << 20 || nodeBufferedBytes < podBufferedBytes) {
                throw new IllegalArgumentException(
                        "capacity of " + sockets + " sockets (at least 1), " + podBufferedBytes
                                + " buffered bytes of a pod (at least 1 MiB) and " + nodeBufferedBytes
                                + " of the node (at least those of a pod)");
            }
        }
    }

    /** Whether the application sees the caller's address. */
    public enum OriginalSource {
        REQUIRED,
        WHERE_ALLOWED,
        NEVER
    }
}
