package dev.ambit.adapters.telemetry;

import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.util.List;

/**
 * The OpenMetrics 1.0 text format as Istio's ztunnel writes it: labels in their own order, whole numbers without a
 * fraction, and nothing at all of a family without samples.
 */
final class ExpositionText {
    private final Writer out;
    private final StringBuilder labels = new StringBuilder(1024);

    private String family = "";
    private String type = "";
    private String help = "";
    private boolean begun;

    ExpositionText(Writer out) {
        this.out = out;
    }

    /** Samples that follow are of this counter; {@code _total} is added to its name. */
    void counter(String name, String helpText) {
        family(name, "counter", helpText);
    }

    /** A family whose type OpenMetrics has no word for: a counter without {@code _total}. */
    void untyped(String name, String helpText) {
        family(name, "", helpText);
    }

    void gauge(String name, String helpText) {
        family(name, "gauge", helpText);
    }

    void histogram(String name, String helpText) {
        family(name, "histogram", helpText);
    }

    private void family(String name, String typeName, String helpText) {
        family = name;
        type = typeName;
        help = helpText;
        begun = false;
    }

    /** Adds a label to the next sample. */
    ExpositionText label(String key, String value) {
        labels.append(labels.isEmpty() ? '{' : ',').append(key).append("=\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> labels.append("\\\\");
                case '"' -> labels.append("\\\"");
                case '\n' -> labels.append("\\n");
                default -> labels.append(c);
            }
        }
        labels.append('"');
        return this;
    }

    ExpositionText labels(List<String> keys, List<String> values) {
        for (int i = 0; i < keys.size(); i++) {
            label(keys.get(i), values.get(i));
        }
        return this;
    }

    /** Writes a sample of the family, with the labels given since the last one. */
    void sample(double value) throws IOException {
        write(suffix(), number(value));
    }

    void sample(long value) throws IOException {
        write(suffix(), Long.toString(value));
    }

    /** As {@link #sample(double)}, with a suffix to the family's name, such as {@code _sum}. */
    void sample(String suffix, double value) throws IOException {
        write(suffix, number(value));
    }

    void sample(String suffix, long value) throws IOException {
        write(suffix, Long.toString(value));
    }

    private String suffix() {
        return type.equals("counter") ? "_total" : "";
    }

    private void write(String suffix, String value) throws IOException {
        if (!begun) {
            out.append("# HELP ").append(family).append(' ').append(help).append('\n');
            if (!type.isEmpty()) {
                out.append("# TYPE ").append(family).append(' ').append(type).append('\n');
            }
            begun = true;
        }
        out.append(family).append(suffix).append(labels);
        if (!labels.isEmpty()) {
            out.append('}');
            labels.setLength(0);
        }
        out.append(' ').append(value).append('\n');
    }

    void end() throws IOException {
        out.append("# EOF\n");
    }

    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : decimal(value);
    }

    /** Bounds of buckets are text to a scraper that compares them: 0.0005, not 5.0E-4; and 1.0, not 1. */
    static String decimal(double value) {
        String plain =
                new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
        return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
}
