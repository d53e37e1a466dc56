package dev.ambit.ports.transport;

/**
 * The ports of a pod's listeners. 0 lets the kernel choose.
 *
 * @param socks5 on 127.0.0.1 alone; {@link #NONE} for no such listener
 */
public record ListenPorts(int outbound, int inboundPlaintext, int inboundHbone, int socks5) {

    /** Of a listener that is not wanted. */
    public static final int NONE = -1;

    /** Istio's: 15001, 15006, 15008. */
    public static final ListenPorts ISTIO = new ListenPorts(15_001, 15_006, 15_008);

    /** Istio's, with SOCKS5 on 15080. */
    public static final ListenPorts ISTIO_WITH_SOCKS5 = new ListenPorts(15_001, 15_006, 15_008, 15_080);

    /** For a pod whose traffic is not redirected, but that can be reached through a tunnel: a node proxy itself. */
    public static final ListenPorts TUNNEL_ONLY = new ListenPorts(NONE, NONE, ISTIO.inboundHbone(), NONE);

    public static final ListenPorts EPHEMERAL = new ListenPorts(0, 0, 0);

    /** Without SOCKS5. */
    public ListenPorts(int outbound, int inboundPlaintext, int inboundHbone) {
        this(outbound, inboundPlaintext, inboundHbone, NONE);
    }
}
