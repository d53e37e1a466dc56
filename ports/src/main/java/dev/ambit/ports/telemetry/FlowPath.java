package dev.ambit.ports.telemetry;

/** Which way a connection's bytes take to the next hop. */
public enum FlowPath {
    /** Over the network: plain, or in a tunnel. */
    USUAL,
    /** Handed to another pod of this process, where a tunnel would have been. */
    SAME_NODE
}
