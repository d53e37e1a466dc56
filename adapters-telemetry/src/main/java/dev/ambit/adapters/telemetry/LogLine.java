package dev.ambit.adapters.telemetry;

/**
 * Message, tab, then {@code key=value} with spaces between. Text is quoted and escaped as Rust's debug format does it, so
 * that nothing a peer sends can end the line or pretend to be another field. Empty values are left out.
 */
final class LogLine {
    private static final int VALUE_LENGTH_MAX = 1024;

    private final StringBuilder line = new StringBuilder(512);
    private boolean first = true;

    LogLine(String message) {
        line.append(message);
    }

    void number(String key, long value) {
        key(key);
        line.append(value);
    }

    void text(String key, String value) {
        if (!value.isEmpty()) {
            key(key);
            quote(value);
        }
    }

    /** An address or authority, which Istio does not quote; quoted nevertheless if it could be mistaken for more. */
    void token(String key, String value) {
        if (value.isEmpty()) {
            return;
        }
        if (value.length() <= VALUE_LENGTH_MAX && value.chars().allMatch(LogLine::isPlain)) {
            key(key);
            line.append(value);
        } else {
            text(key, value);
        }
    }

    private void key(String key) {
        line.append(first ? '\t' : ' ').append(key).append('=');
        first = false;
    }

    private static boolean isPlain(int c) {
        return c > ' ' && c < 127 && c != '"' && c != '=' && c != '\\';
    }

    private void quote(String value) {
        line.append('"');
        value.codePoints().limit(VALUE_LENGTH_MAX).forEach(this::escape);
        if (value.codePointCount(0, value.length()) > VALUE_LENGTH_MAX) {
            line.append("...");
        }
        line.append('"');
    }

    private void escape(int c) {
        switch (c) {
            case '"' -> line.append("\\\"");
            case '\\' -> line.append("\\\\");
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            case '\0' -> line.append("\\0");
            default -> {
                if (isPrintable(c)) {
                    line.appendCodePoint(c);
                } else {
                    line.append("\\u{").append(Integer.toHexString(c)).append('}');
                }
            }
        }
    }

    /** Also not: marks that reorder text, separators that some readers take for line ends, halves of characters. */
    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
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
    public String toString() {
        return line.toString();
    }
}
