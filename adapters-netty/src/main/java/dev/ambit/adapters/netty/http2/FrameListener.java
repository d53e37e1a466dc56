package dev.ambit.adapters.netty.http2;

import dev.ambit.domain.http2.Http2Violation;
import io.netty.buffer.ByteBuf;

/** Hears frames in the order of the wire. DATA comes in pieces as it arrives, everything else whole. */
interface FrameListener {
    /**
     * A DATA frame begins.
     *
     * @param bytes what it takes from the flow-control windows
     * @param padding how much of that is not data
     */
    void dataBegins(int stream, int bytes, int padding, boolean ends) throws Http2Violation;

    /** A piece of the frame that began last; the listener owns it. */
    void data(int stream, ByteBuf piece) throws Http2Violation;

    /** The DATA frame that carried END_STREAM is complete. */
    void dataEnds(int stream) throws Http2Violation;

    /** A whole header block, which the listener must not keep. */
    void headers(int stream, ByteBuf block, boolean ends) throws Http2Violation;

    void reset(int stream, long code) throws Http2Violation;

    void settings(ByteBuf payload) throws Http2Violation;

    void settingsAck();

    void ping(long payload, boolean ack) throws Http2Violation;

    void goAway(int lastStream, long code) throws Http2Violation;

    void windowUpdate(int stream, int increment) throws Http2Violation;
}
