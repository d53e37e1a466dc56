package dev.ambit.ports.dns;

import java.time.Duration;

/**
 * What every DNS server obeys.
 *
 * @param connectionsMax TCP connections that one pod may have open; one more is closed at once
 * @param pendingMax messages of one pod that may be without reply; one more is dropped, and its TCP connection closed
 * @param idleTimeout after which a TCP connection on which nothing is asked is closed
 * @param packetMark SO_MARK of every socket (PACKET_MARK); 0 sets none
 * @param portReuse whether another process may listen in a pod beside this one (INPOD_PORT_REUSE)
 */
public record DnsLimits(int connectionsMax, int pendingMax, Duration idleTimeout, int packetMark, boolean portReuse) {

    /** Istio's idle timeout; it bounds nothing else. */
    public static final DnsLimits STANDARD = new DnsLimits(128, 1024, Duration.ofSeconds(5), 0x539, true);

    public DnsLimits {
        if (connectionsMax < 1 || pendingMax < 1) {
            throw new IllegalArgumentException("DNS limits: " + connectionsMax + " connections, " + pendingMax
                    + " pending; both must be 1 or more");
        }
    }

    public DnsLimits withPacketMark(int mark) {
        return new DnsLimits(connectionsMax, pendingMax, idleTimeout, mark, portReuse);
    }

    public DnsLimits withPortReuse(boolean shared) {
        return new DnsLimits(connectionsMax, pendingMax, idleTimeout, packetMark, shared);
    }
}
