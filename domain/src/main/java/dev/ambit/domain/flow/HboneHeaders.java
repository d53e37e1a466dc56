package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.workload.Workload;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The headers of an HBONE request besides its pseudo-headers; empty when absent. Values are at most 8 KiB in all, which
 * the transport enforces with its header list limit.
 *
 * @param baggage W3C baggage that describes the source workload
 * @param forwarded RFC 7239, {@code for="ip:port"} and perhaps {@code host=}
 * @param traceparent W3C trace context
 * @param network {@code x-forwarded-network}: the network the connection comes from, perhaps the default network's empty
 *     name. Only on a CONNECT that goes through a network gateway.
 */
public record HboneHeaders(String baggage, String forwarded, String traceparent, Optional<String> network) {
    public static final HboneHeaders NONE = new HboneHeaders("", "", "");

    /** Headers of a connection within one network. */
    public HboneHeaders(String baggage, String forwarded, String traceparent) {
        this(baggage, forwarded, traceparent, Optional.empty());
    }

    /** The same, seen from another network. */
    HboneHeaders from(String ownNetwork) {
        return new HboneHeaders(baggage, forwarded, traceparent, Optional.of(ownNetwork));
    }

    /** Whether a gateway brought the connection from another network than this (names compare without case). */
    boolean isFromElsewhere(String ownNetwork) {
        return network.isPresent() && !network.get().equalsIgnoreCase(ownNetwork);
    }

    /**
     * What the source's proxy says about a connection, with a trace of its own.
     *
     * @param serviceHostname the service the client meant; empty if it meant a workload
     */
    static HboneHeaders of(Workload source, IpPort client, String serviceHostname, RandomGenerator random) {
        return new HboneHeaders(
                Baggage.of(source).format(), Forwarded.format(client, serviceHostname), traceparent(random));
    }

    /** Version 00, not sampled. Ids of only zeroes are not valid (W3C Trace Context, section 3.2.2). */
    private static String traceparent(RandomGenerator random) {
        HexFormat hex = HexFormat.of();
        return "00-" + hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong() | 1) + "-"
                + hex.toHexDigits(random.nextLong() | 1) + "-00";
    }
}
