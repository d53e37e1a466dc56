package dev.ambit.adapters.k8s.translate;

import java.util.List;

/**
 * What a Gateway says as a waypoint or as the way into another network.
 *
 * @param waypointFor the label's text; empty if there is none
 * @param inboundBinding the annotation's text; empty if there is none
 * @param network of the label; empty if there is none
 * @param addresses of the status: none until the gateway can be reached
 * @param serviceAccount under which its pods run
 */
public record GatewayFacts(
        String namespace,
        String name,
        String className,
        String waypointFor,
        String inboundBinding,
        String network,
        String serviceAccount,
        List<Address> addresses,
        List<ListenerFacts> listeners)
        implements ObjectFacts {
    /** Of gateways that lead into another network and that nobody deploys here. */
    public static final String REMOTE_CLASS = "istio-remote";

    /** Of gateways through which other networks come into theirs. */
    public static final String EAST_WEST_CLASS = "istio-east-west";

    public GatewayFacts {
        addresses = List.copyOf(addresses);
        listeners = List.copyOf(listeners);
    }

    /** Where the gateway is reached: a host name, or else an IP address. */
    public record Address(boolean isHostname, String value) {}

    /** A listener, who may attach to it, and whether it ends TLS itself. */
    public record ListenerFacts(String protocol, int port, Attachment attachment, boolean terminates) {}

    /** From which namespaces something may be attached. */
    public sealed interface Attachment {
        record All() implements Attachment {}

        /** The gateway's own. */
        record Same() implements Attachment {}

        /** Those whose labels are selected. */
        record Selected(LabelMatch selector) implements Attachment {}

        /** None: the selector cannot be read. */
        record Nobody() implements Attachment {}
    }

    /** What a GatewayClass says about its gateways: controller, label and annotation, each empty if there is none. */
    public record ClassFacts(String controller, String waypointFor, String inboundBinding) implements ObjectFacts {
        public static final ClassFacts SILENT = new ClassFacts("", "", "");
    }
}
