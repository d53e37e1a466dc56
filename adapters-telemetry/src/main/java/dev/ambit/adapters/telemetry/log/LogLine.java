package dev.ambit.adapters.telemetry.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * One line, put together as the bytes that are written: time, level, target, message and fields, in this order. Values that
 * are empty are left out, long ones are cut. Nothing that a peer sends can end the line or pretend to be another field.
 *
 * <p>Not for sharing between threads; {@link LogOutput#line} hands out one per thread and takes it back at {@link #end}.
 */
public abstract sealed class LogLine permits PlainLine, JsonLine {
    private static final int VALUE_LENGTH_MAX = 1024;
    private static final byte[] ELLIPSIS = {'.', '.', '.'};

    private final LogOutput output;
    private byte[] bytes = new byte[1024];
    private int length;
    private long secondShown = Long.MIN_VALUE;
    private byte[] second = {};

    LogLine(LogOutput output) {
        this.output = output;
    }

    /** Adds text, quoted. */
    public final LogLine text(String key, String value) {
        if (!value.isEmpty()) {
            key(key);
            quoted(value);
        }
        return this;
    }

    /** Adds an address, authority or word, which the plain format does not quote unless it could be mistaken for more. */
    public final LogLine token(String key, String value) {
        if (!value.isEmpty()) {
            key(key);
            bare(value);
        }
        return this;
    }

    public final LogLine number(String key, long value) {
        key(key);
        add(value);
        return this;
    }

    /** Adds a number of milliseconds as {@code "12ms"}. */
    public final LogLine millis(String key, long value) {
        key(key);
        add('"');
        add(value);
        add('m');
        add('s');
        add('"');
        return this;
    }

    /** Writes the line; waits only while the output has as many lines as it holds. */
    public final void end() {
        finish();
        add('\n');
        output.write(Arrays.copyOf(bytes, length));
    }

    final void begin(Instant time, String level, String target, String message) {
        length = 0;
        start(time, level, target, message);
    }

    /** Everything before the fields. */
    abstract void start(Instant time, String level, String target, String message);

    abstract void key(String key);

    abstract void bare(String value);

    /** Adds an escaped form of what cannot stand for itself. */
    abstract void escape(int codePoint);

    abstract boolean isPlain(int codePoint);

    abstract void finish();

    final void quoted(String value) {
        add('"');
        body(value);
        add('"');
    }

    /** What stands between quotes: escaped where needed, and cut. */
    final void body(String value) {
        int characters = 0;
        for (int i = 0; i < value.length(); ) {
            if (characters++ == VALUE_LENGTH_MAX) {
                add(ELLIPSIS);
                return;
            }
            int c = value.codePointAt(i);
            i += Character.charCount(c);
            if (c >= ' ' && c < 127 && c != '"' && c != '\\') {
                add(c);
            } else if (isPlain(c)) {
                add(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            } else {
                escape(c);
            }
        }
    }

    static boolean isShort(String value) {
        return value.length() <= VALUE_LENGTH_MAX;
    }

    /** RFC 3339 in UTC with microseconds. */
    final void time(Instant time) {
        if (time.getEpochSecond() != secondShown) {
            secondShown = time.getEpochSecond();
            LocalDateTime utc = LocalDateTime.ofEpochSecond(secondShown, 0, ZoneOffset.UTC);
            second = "%04d-%02d-%02dT%02d:%02d:%02d."
                    .formatted(
                            utc.getYear(),
                            utc.getMonthValue(),
                            utc.getDayOfMonth(),
                            utc.getHour(),
                            utc.getMinute(),
                            utc.getSecond())
                    .getBytes(StandardCharsets.US_ASCII);
        }
        add(second);
        int micros = time.getNano() / 1_000;
        for (int unit = 100_000; unit > 0; unit /= 10) {
            add('0' + micros / unit % 10);
        }
        add('Z');
    }

    final void add(int ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
    }

    final void add(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
    }

    /** Text that is known to be ASCII: our own words, keys, escapes. */
    final void ascii(String text) {
        room(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
    }

    private void add(long number) {
        if (number < 0 || number > 999_999_999_999L) {
            ascii(Long.toString(number));
            return;
        }
        long unit = 1;
        while (number / unit > 9) {
            unit *= 10;
        }
        for (; unit > 0; unit /= 10) {
            add((int) ('0' + number / unit % 10));
        }
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
