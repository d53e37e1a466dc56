package dev.ambit.adapters.telemetry.log;

import java.time.Instant;

/** {@code time TAB level TAB target TAB message TAB key=value key=value}, with text quoted as Rust's debug format does it. */
final class PlainLine extends LogLine {
    private boolean first;

    PlainLine(LogOutput output) {
        super(output);
    }

    @Override
    void start(Instant time, String level, String target, String message) {
        time(time);
        add('\t');
        ascii(level);
        add('\t');
        body(target);
        add('\t');
        body(message);
        // Istio's line has this tab even when nothing follows.
        add('\t');
        first = true;
    }

    @Override
    void key(String key) {
        if (!first) {
            add(' ');
        }
        first = false;
        ascii(key);
        add('=');
    }

    @Override
    void bare(String value) {
        if (isShort(value) && value.chars().allMatch(PlainLine::isWord)) {
            ascii(value);
        } else {
            quoted(value);
        }
    }

    private static boolean isWord(int c) {
        return c > ' ' && c < 127 && c != '"' && c != '=' && c != '\\';
    }

    @Override
    void escape(int c) {
        switch (c) {
            case '"' -> ascii("\\\"");
            case '\\' -> ascii("\\\\");
            case '\n' -> ascii("\\n");
            case '\r' -> ascii("\\r");
            case '\t' -> ascii("\\t");
            case '\0' -> ascii("\\0");
            default -> ascii("\\u{" + Integer.toHexString(c) + "}");
        }
    }

    /** Not: controls, marks that reorder text, separators that some readers take for line ends, halves of characters. */
    @Override
    boolean isPlain(int c) {
        return c != '"'
                && c != '\\'
                && switch (Character.getType(c)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED -> false;
                    default -> true;
                };
    }

    @Override
    void finish() {
        // A plain line has no end of its own.
    }
}
