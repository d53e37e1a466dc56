package dev.ambit.adapters.netty.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;

/** Writes down what a reader says; the pieces of a DATA frame as one. */
final class RecordingListener implements FrameListener {
    private final List<String> events = new ArrayList<>();
    private final StringBuilder data = new StringBuilder();

    List<String> events() {
        flushData();
        return List.copyOf(events);
    }

    private void flushData() {
        if (!data.isEmpty()) {
            events.add("bytes " + data);
            data.setLength(0);
        }
    }

    private void add(String event) {
        flushData();
        events.add(event);
    }

    @Override
    public void dataBegins(int stream, int bytes, int padding, boolean ends) {
        add("data " + stream + " " + bytes + " " + padding + " " + ends);
    }

    @Override
    public void data(int stream, ByteBuf piece) {
        data.append(ByteBufUtil.hexDump(piece));
        piece.release();
    }

    @Override
    public void dataEnds(int stream) {
        add("end " + stream);
    }

    @Override
    public void headers(int stream, ByteBuf block, boolean ends) {
        add("headers " + stream + " " + ByteBufUtil.hexDump(block) + " " + ends);
    }

    @Override
    public void reset(int stream, long code) {
        add("reset " + stream + " " + code);
    }

    @Override
    public void settings(ByteBuf payload) {
        add("settings " + ByteBufUtil.hexDump(payload));
    }

    @Override
    public void settingsAck() {
        add("settings ack");
    }

    @Override
    public void ping(long payload, boolean ack) {
        add("ping " + payload + " " + ack);
    }

    @Override
    public void goAway(int lastStream, long code) {
        add("goaway " + lastStream + " " + code);
    }

    @Override
    public void windowUpdate(int stream, int increment) {
        add("window " + stream + " " + increment);
    }
}
