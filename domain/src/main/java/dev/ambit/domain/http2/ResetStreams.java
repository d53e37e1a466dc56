package dev.ambit.domain.http2;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The streams that we have reset, and what their peer may have sent before it knew: at most what was left of each stream's
 * window, in frames as small as it likes (RFC 9113, section 5.1, "closed"). That is honest, and costs less than the same
 * bytes on a stream that is open.
 *
 * <p>Remembers as many of the latest as a peer may have streams at a time.
 */
public final class ResetStreams {
    private final Map<Integer, Integer> windows;

    /**
     * Remembers none yet.
     *
     * @param max how many of the latest are remembered
     */
    public ResetStreams(int max) {
        windows = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, Integer> eldest) {
                return size() > max;
            }
        };
    }

    /**
     * A stream was reset.
     *
     * @param window bytes that the peer may still send as far as it knows
     */
    public void add(int stream, int window) {
        if (window > 0) {
            windows.put(stream, window);
        }
    }

    /** Whether DATA on a stream that is over may have crossed with our reset; not after its last frame. */
    public boolean crossed(int stream, int bytes, boolean ends) {
        int window = windows.getOrDefault(stream, -1);
        if (bytes > window || ends) {
            windows.remove(stream);
        } else {
            windows.put(stream, window - bytes);
        }
        return bytes <= window;
    }
}
