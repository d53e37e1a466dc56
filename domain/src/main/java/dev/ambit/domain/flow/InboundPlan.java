package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.policy.ConnectionFacts;
import java.util.Optional;

/** What to do with a connection that arrives at a pod. */
public sealed interface InboundPlan {

    FlowContext context();

    /**
     * Connect to the application.
     *
     * @param facts what policy was asked about; asked again when policy changes
     * @param destination where the application is dialled: what policy was asked about, or the same port on loopback for
     *     an application that is told the rest by a header
     * @param origin the source address to show to the application
     * @param responseBaggage describes the destination to the caller's proxy; empty on plaintext
     * @param header what the application is sent before the caller's first byte
     */
    record Forward(
            FlowContext context,
            ConnectionFacts facts,
            IpPort destination,
            Origin origin,
            String responseBaggage,
            Optional<ProxyHeader> header)
            implements InboundPlan {

        /** To an application that wants no header. */
        public Forward(
                FlowContext context, ConnectionFacts facts, IpPort destination, Origin origin, String responseBaggage) {
            this(context, facts, destination, origin, responseBaggage, Optional.empty());
        }

        /** The same, showing the application another source address. */
        public Forward withOrigin(Origin other) {
            return new Forward(context, facts, destination, other, responseBaggage, header);
        }
    }

    /** Answer the stream with an error status, or close the plaintext connection. */
    record Refuse(FlowContext context, RefusalReason reason) implements InboundPlan {}

    /** The source address of the connection to the application. */
    sealed interface Origin {
        /** The caller's own address, by a transparent socket. The port is the kernel's choice. */
        record Preserved(IpAddress address) implements Origin {}

        /** The proxy's. */
        record Own() implements Origin {}

        default Optional<IpAddress> preserved() {
            return this instanceof Preserved(IpAddress address) ? Optional.of(address) : Optional.empty();
        }
    }
}
