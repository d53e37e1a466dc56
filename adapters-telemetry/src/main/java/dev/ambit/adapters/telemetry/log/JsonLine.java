package dev.ambit.adapters.telemetry.log;

import java.time.Instant;

/** One JSON object: level, time, scope, message, then the fields. */
final class JsonLine extends LogLine {

    JsonLine(LogOutput output) {
        super(output);
    }

    @Override
    void start(Instant time, String level, String target, String message) {
        ascii("{\"level\":\"");
        ascii(level);
        ascii("\",\"time\":\"");
        time(time);
        ascii("\",\"scope\":");
        quoted(target);
        ascii(",\"message\":");
        quoted(message);
    }

    @Override
    void key(String key) {
        add(',');
        quoted(key);
        add(':');
    }

    @Override
    void bare(String value) {
        quoted(value);
    }

    @Override
    void escape(int c) {
        switch (c) {
            case '"' -> ascii("\\\"");
            case '\\' -> ascii("\\\\");
            case '\n' -> ascii("\\n");
            case '\r' -> ascii("\\r");
            case '\t' -> ascii("\\t");
            default -> ascii("\\u%04x".formatted(c));
        }
    }

    /** Everything above ASCII but halves of characters, which have no UTF-8, and line ends of some readers. */
    @Override
    boolean isPlain(int c) {
        return c > 0x9f && c != 0x2028 && c != 0x2029 && Character.getType(c) != Character.SURROGATE;
    }

    @Override
    void finish() {
        add('}');
    }
}
