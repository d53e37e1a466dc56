package dev.ambit.services.ztunnel.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times as Go writes them, {@code 1h30m} or {@code 100ms}, with what Istio's ztunnel accepts beyond that: days and weeks,
 * spaces, plus signs between the parts, and seconds without a unit.
 */
final class GoDuration {
    private static final int LENGTH_MAX = 64;
    private static final Pattern PART =
            Pattern.compile("\\s*\\+?\\s*([0-9]{1,18}(?:\\.[0-9]{1,9})?)\\s*([a-zµμ]*)\\s*");
    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "ms", 1_000_000L,
            "", 1_000_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L,
            "d", 86_400_000_000_000L,
            "w", 604_800_000_000_000L);
    private static final BigInteger LONGEST = BigInteger.valueOf(Long.MAX_VALUE);

    /** Empty if it is no time, is negative, or is longer than 292 years. */
    static Optional<Duration> parse(String text) {
        String rest = text.strip().toLowerCase(Locale.ROOT).replace('μ', 'µ');
        if (rest.isEmpty() || rest.length() > LENGTH_MAX) {
            return Optional.empty();
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(rest);
        int at = 0;
        while (at < rest.length()) {
            part.region(at, rest.length());
            Long unit = part.lookingAt() ? NANOS.get(part.group(2)) : null;
            if (unit == null) {
                return Optional.empty();
            }
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit)));
            at = part.end();
        }
        BigInteger whole = nanos.toBigInteger();
        return whole.compareTo(LONGEST) > 0 ? Optional.empty() : Optional.of(Duration.ofNanos(whole.longValueExact()));
    }

    /** As an operator would write it. */
    static String format(Duration duration) {
        return duration.isZero()
                ? "0s"
                : duration.toString()
                        .substring(duration.toDays() > 0 ? 1 : 2)
                        .replace("T", "")
                        .toLowerCase(Locale.ROOT);
    }

    private GoDuration() {}
}
