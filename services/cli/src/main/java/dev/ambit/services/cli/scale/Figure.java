package dev.ambit.services.cli.scale;

import java.util.Locale;

/**
 * One number of one round.
 *
 * @param contender who was measured
 * @param what the same text for both, in the order of the report
 * @param unit of the value
 */
record Figure(String contender, int round, String what, double value, String unit) {
    String json() {
        return String.format(
                Locale.ROOT,
                "{\"contender\":\"%s\",\"round\":%d,\"what\":\"%s\",\"value\":%.4f,\"unit\":\"%s\"}",
                contender,
                round,
                what,
                value,
                unit);
    }
}
