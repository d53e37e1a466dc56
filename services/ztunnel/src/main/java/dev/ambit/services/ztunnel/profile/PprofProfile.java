package dev.ambit.services.ztunnel.profile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * Stacks and what was counted for each, written as pprof reads it (profile.proto of github.com/google/pprof, gzipped). Not
 * safe for use by several threads.
 */
final class PprofProfile {
    /** Distinct stacks; further ones are counted as one, so that a profile stays of a bounded size. */
    private static final int STACKS_MAX = 50_000;

    private static final List<Frame> OTHERS = List.of(new Frame("[stacks beyond " + STACKS_MAX + "]", "", 0));

    private final List<Kind> kinds;
    private final Kind period;
    private final long periodLength;
    private final Map<List<Frame>, long[]> samples = new LinkedHashMap<>();

    /** What a number of a sample counts, such as {@code cpu} in {@code nanoseconds}. */
    record Kind(String type, String unit) {}

    /** A place in the code. */
    record Frame(String function, String file, int line) {}

    /**
     * No samples yet.
     *
     * @param kinds of the numbers of each sample; the last is shown first
     * @param periodLength of the period's kind between two samples; 0 if there is no such thing
     */
    PprofProfile(List<Kind> kinds, Kind period, long periodLength) {
        this.kinds = List.copyOf(kinds);
        this.period = period;
        this.periodLength = periodLength;
    }

    /**
     * Counts.
     *
     * @param stack the innermost frame first
     * @param values one for each kind
     */
    void add(List<Frame> stack, long... values) {
        if (values.length != kinds.size()) {
            throw new IllegalArgumentException(values.length + " values for " + kinds);
        }
        List<Frame> fitting = samples.size() < STACKS_MAX || samples.containsKey(stack) ? stack : OTHERS;
        samples.merge(fitting, values.clone(), PprofProfile::sum);
    }

    private static long[] sum(long[] one, long[] other) {
        long[] both = one.clone();
        Arrays.setAll(both, i -> one[i] + other[i]);
        return both;
    }

    /** The file. */
    byte[] gzipped(Instant begun, Duration took) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(bytes)) {
            zip.write(new Writing().profile(begun, took).toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    /** Gives each text, function and place its number. */
    private final class Writing {
        private final Map<String, Long> texts = new LinkedHashMap<>(Map.of("", 0L));
        private final Map<Frame, Long> locations = new LinkedHashMap<>();
        private final Map<List<String>, Long> functions = new LinkedHashMap<>();

        ProtoBytes profile(Instant begun, Duration took) {
            var profile = new ProtoBytes();
            for (Kind kind : kinds) {
                profile.message(1, kind(kind));
            }
            samples.forEach((stack, values) -> profile.message(
                    2,
                    new ProtoBytes()
                            .packed(1, stack.stream().mapToLong(this::location).toArray())
                            .packed(2, values)));
            locations.forEach((frame, id) -> profile.message(
                    4,
                    new ProtoBytes()
                            .number(1, id)
                            .message(
                                    4,
                                    new ProtoBytes().number(1, function(frame)).number(2, frame.line()))));
            functions.forEach((names, id) -> profile.message(
                    5,
                    new ProtoBytes()
                            .number(1, id)
                            .number(2, text(names.getFirst()))
                            .number(3, text(names.getFirst()))
                            .number(4, text(names.getLast()))));
            ProtoBytes periodKind = kind(period);
            long shown = text(kinds.getLast().type());
            for (String text : new ArrayList<>(texts.keySet())) {
                profile.text(6, text);
            }
            return profile.number(9, begun.getEpochSecond() * 1_000_000_000L + begun.getNano())
                    .number(10, took.toNanos())
                    .message(11, periodKind)
                    .number(12, periodLength)
                    .number(14, shown);
        }

        private ProtoBytes kind(Kind kind) {
            return new ProtoBytes().number(1, text(kind.type())).number(2, text(kind.unit()));
        }

        private long text(String text) {
            return number(texts, text, 0);
        }

        private long location(Frame frame) {
            return number(locations, frame, 1);
        }

        private long function(Frame frame) {
            return number(functions, List.of(frame.function(), frame.file()), 1);
        }

        private static <K> long number(Map<K, Long> numbers, K key, long first) {
            return numbers.computeIfAbsent(key, _ -> numbers.size() + first);
        }
    }
}
