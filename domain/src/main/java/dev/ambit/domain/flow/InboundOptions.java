package dev.ambit.domain.flow;

/**
 * What an operator may choose about inbound connections.
 *
 * @param baggage whether a tunnel's answer describes this pod, and whether what the request says about the caller is
 *     believed for telemetry ({@code ENABLE_RESPONSE_BAGGAGE}, which switches both)
 * @param localhostTunnels whether an application that speaks the PROXY protocol is reached on loopback, so that nobody
 *     reaches it but through this proxy ({@code LOCALHOST_APP_TUNNEL})
 * @param ports which nothing may be forwarded to
 */
public record InboundOptions(boolean baggage, boolean localhostTunnels, ProxyPorts ports) {
    /** Istio's defaults. */
    public static final InboundOptions ISTIO = new InboundOptions(true, true, ProxyPorts.ISTIO);

    /** Where SOCKS5 is not offered. */
    public InboundOptions(boolean baggage, boolean localhostTunnels) {
        this(baggage, localhostTunnels, ProxyPorts.ISTIO);
    }
}
