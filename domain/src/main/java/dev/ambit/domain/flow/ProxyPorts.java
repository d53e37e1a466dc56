package dev.ambit.domain.flow;

/**
 * The ports a node proxy owns in a pod's network (Istio's). Nothing may be forwarded to them: it would come back.
 *
 * @param socks5 whether 15080 is one of them; else an application may have it
 */
public record ProxyPorts(boolean socks5) {

    /** Istio's default: without SOCKS5. */
    public static final ProxyPorts ISTIO = new ProxyPorts(false);

    static final int OUTBOUND = 15_001;
    static final int INBOUND_PLAINTEXT = 15_006;
    static final int HBONE = 15_008;
    static final int SOCKS5 = 15_080;

    boolean contains(int port) {
        return port == OUTBOUND || port == INBOUND_PLAINTEXT || port == HBONE || (socks5 && port == SOCKS5);
    }
}
