package dev.ambit.ports.transport;

/** The ports of a pod's three listeners. 0 lets the kernel choose. */
public record ListenPorts(int outbound, int inboundPlaintext, int inboundHbone) {

    /** Istio's: 15001, 15006, 15008. */
    public static final ListenPorts ISTIO = new ListenPorts(15_001, 15_006, 15_008);

    public static final ListenPorts EPHEMERAL = new ListenPorts(0, 0, 0);
}
