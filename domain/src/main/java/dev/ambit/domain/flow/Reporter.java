package dev.ambit.domain.flow;

import java.util.Locale;

/** Which end of a connection tells about it: the caller's node proxy or the destination's. */
public enum Reporter {
    SOURCE,
    DESTINATION;

    /** The value of the metric label {@code reporter}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The value of the log field {@code direction}. */
    public String direction() {
        return this == SOURCE ? "outbound" : "inbound";
    }
}
