package dev.ambit.ports.telemetry;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.Reporter;

/** What becomes of connections: Istio's standard TCP metrics and one access-log line each. Must not block. */
public interface FlowTelemetry {

    /**
     * A connection whose plan is made. Its bytes count while it is open: the progress is read whenever somebody wants to
     * know, which costs the connection nothing.
     */
    OpenFlow opened(FlowContext context, FlowPath path, FlowProgress progress);

    /** A connection that takes the usual way. */
    default OpenFlow opened(FlowContext context, FlowProgress progress) {
        return opened(context, FlowPath.USUAL, progress);
    }

    /**
     * A connection that failed before there was anything to plan: garbage, a failed handshake.
     *
     * @param error one line, lower case
     */
    void rejected(Reporter reporter, IpPort client, IpPort local, String error);

    /** A socket was accepted at a pod's listener: outbound for the source, inbound or a whole tunnel for the destination. */
    void socketOpened(Reporter reporter);

    /** A socket that was {@link #socketOpened} is closed. */
    void socketClosed(Reporter reporter);

    /** A connection that was {@link #opened}. */
    interface OpenFlow {
        /** It is over. Called exactly once; the report's bytes are its last word, whatever was read before. */
        void closed(FlowReport report);
    }

    /**
     * How far a connection has come. Read by any thread, at any time; numbers never shrink, may lag a little behind the sockets, and
     * stay what they are once the connection is over.
     */
    interface FlowProgress {
        /** Nothing was carried, and nothing will be. */
        FlowProgress NONE = new FlowProgress() {
            @Override
            public long received() {
                return 0;
            }

            @Override
            public long sent() {
                return 0;
            }
        };

        /** Bytes from the connection's initiator so far, at either reporter. */
        long received();

        /** Bytes to the initiator so far. */
        long sent();
    }
}
