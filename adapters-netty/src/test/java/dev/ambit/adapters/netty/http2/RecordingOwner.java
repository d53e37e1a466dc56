package dev.ambit.adapters.netty.http2;

import java.util.ArrayList;
import java.util.List;

/** Remembers what a session says about itself. */
final class RecordingOwner implements SessionOwner {
    final List<String> events = new ArrayList<>();

    @Override
    public void ready() {
        events.add("ready");
    }

    @Override
    public void over(String error, boolean tls) {
        events.add("over: " + error);
    }
}
