package dev.ambit.domain.flow;

/** The ports a node proxy owns in a pod's network (Istio's). Nothing may be forwarded to them: it would come back. */
final class ProxyPorts {
    static final int OUTBOUND = 15_001;
    static final int INBOUND_PLAINTEXT = 15_006;
    static final int HBONE = 15_008;
    static final int SOCKS5 = 15_080;

    static boolean contains(int port) {
        return port == OUTBOUND || port == INBOUND_PLAINTEXT || port == HBONE || port == SOCKS5;
    }

    private ProxyPorts() {}
}
