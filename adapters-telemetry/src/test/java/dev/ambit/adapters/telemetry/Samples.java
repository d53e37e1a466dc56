package dev.ambit.adapters.telemetry;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a scraper reads from an exposition: a value for each name with labels. */
record Samples(Map<Sample, Double> values) {
    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:0-9]+)(?:\\{(.*)})? ([^ ]+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

    record Sample(String name, Map<String, String> labels) {}

    static Samples parse(String exposition) {
        var values = new LinkedHashMap<Sample, Double>();
        exposition.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            Matcher sample = LINE.matcher(line);
            if (!sample.matches()) {
                throw new AssertionError("not a sample: " + line);
            }
            var labels = new HashMap<String, String>();
            String text = sample.group(2) == null ? "" : sample.group(2);
            Matcher label = LABEL.matcher(text);
            int end = 0;
            while (label.find() && label.start() == end) {
                labels.put(label.group(1), label.group(2));
                end = label.end();
            }
            if (end != text.length()
                    || values.put(new Sample(sample.group(1), labels), Double.valueOf(sample.group(3))) != null) {
                throw new AssertionError("bad labels, or twice: " + line);
            }
        });
        return new Samples(values);
    }

    /** The sum over all samples of a name that have at least these labels. */
    double sum(String name, Map<String, String> labels) {
        return values.entrySet().stream()
                .filter(each -> each.getKey().name().equals(name))
                .filter(each -> each.getKey().labels().entrySet().containsAll(labels.entrySet()))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
