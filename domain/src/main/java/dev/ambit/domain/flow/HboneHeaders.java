package dev.ambit.domain.flow;

/**
 * The headers of an HBONE request besides its pseudo-headers; empty when absent. Values are at most 8 KiB in all, which
 * the transport enforces with its header list limit.
 *
 * @param baggage W3C baggage that describes the source workload
 * @param forwarded RFC 7239, {@code for="ip:port"} and perhaps {@code host=}
 * @param traceparent W3C trace context
 */
public record HboneHeaders(String baggage, String forwarded, String traceparent) {
    public static final HboneHeaders NONE = new HboneHeaders("", "", "");
}
