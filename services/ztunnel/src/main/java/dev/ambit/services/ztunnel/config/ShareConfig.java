package dev.ambit.services.ztunnel.config;

import dev.ambit.domain.flow.FairShare;
import dev.ambit.domain.flow.FairShare.Limit;
import dev.ambit.ports.transport.TransportLimits.Capacity;

/**
 * How much of this proxy its pods may have.
 *
 * @param connections at a time and per second
 * @param capacity sockets, and bytes on their way
 * @param endingsPerSecond open connections that are ended each second because their route or an identity changed
 */
public record ShareConfig(FairShare connections, Capacity capacity, int endingsPerSecond) {
    private static final int MOST = 100_000_000;
    private static final int MEBIBYTE = 1 << 20;
    private static final int RESERVE_LEAST = 64;
    private static final int RESERVE_MOST = 1_024;

    /** @param descriptors that this process may open */
    static ShareConfig read(Settings settings, int descriptors) {
        var connections = new FairShare(
                settings.number(Limit.WORKLOAD_CONNECTIONS.variable(), 1, MOST),
                settings.number(Limit.WORKLOAD_RATE.variable(), 1, MOST),
                settings.number(Limit.NODE_CONNECTIONS.variable(), 1, MOST),
                settings.number(Limit.NODE_RATE.variable(), 1, MOST));
        int pod = settings.number("AMBIT_WORKLOAD_BUFFERED_BYTES_MAX", MEBIBYTE, Integer.MAX_VALUE);
        int node = settings.number("AMBIT_NODE_BUFFERED_BYTES_MAX", MEBIBYTE, Integer.MAX_VALUE);
        if (node < pod) {
            throw Settings.unusable(
                    "AMBIT_NODE_BUFFERED_BYTES_MAX",
                    Integer.toString(node),
                    "it must be at least AMBIT_WORKLOAD_BUFFERED_BYTES_MAX, which is " + pod);
        }
        int sockets =
                settings.optionalNumber("AMBIT_SOCKETS_MAX", 16, MOST).orElseGet(() -> withoutReserve(descriptors));
        return new ShareConfig(
                connections,
                new Capacity(sockets, pod, node),
                settings.number("AMBIT_CHANGE_ENDINGS_PER_SECOND", 1, MOST));
    }

    /** An eighth of the descriptors, within bounds, is for the control plane, logs, files and listeners. */
    static int withoutReserve(int descriptors) {
        int reserve = Math.clamp(descriptors / 8, RESERVE_LEAST, RESERVE_MOST);
        return Math.max(16, descriptors - reserve);
    }
}
