package dev.ambit.ports.telemetry;

/**
 * How far a connection has come. Read by any thread, at any time; numbers never shrink, may lag a little behind the sockets, and
 * stay what they are once the connection is over.
 */
public interface FlowProgress {
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
