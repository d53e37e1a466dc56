package dev.ambit.services.ztunnel.web;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** How a body is compressed, by what the client takes (RFC 9110 12.5.3): what the JDK has, not Brotli and not zstd. */
enum ContentCoding {
    IDENTITY,
    GZIP,
    DEFLATE;

    /** The name in a header. */
    String header() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The coding a client weighs highest, gzip before deflate; plain if it names neither. */
    static ContentCoding accepted(String acceptEncoding) {
        ContentCoding best = IDENTITY;
        double bestWeight = 0;
        for (String each : acceptEncoding.split(",", -1)) {
            String[] parts = each.split(";", 2);
            String name = parts[0].strip().toLowerCase(Locale.ROOT);
            double weight = weight(parts.length < 2 ? "" : parts[1]);
            for (ContentCoding coding : new ContentCoding[] {GZIP, DEFLATE}) {
                boolean named = name.equals(coding.header()) || (name.equals("*") && coding == GZIP);
                if (named && (weight > bestWeight || (weight == bestWeight && weight > 0 && coding == GZIP))) {
                    best = coding;
                    bestWeight = weight;
                }
            }
        }
        return best;
    }

    private static double weight(String parameter) {
        String text = parameter.strip();
        if (!text.startsWith("q=")) {
            return 1;
        }
        try {
            return Double.parseDouble(text.substring(2).strip());
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    /** A stream that writes compressed bytes to {@code out}; closing it ends them. */
    OutputStream over(OutputStream out) throws IOException {
        return switch (this) {
            case IDENTITY -> out;
            case GZIP -> new GZIPOutputStream(out, 8192);
            case DEFLATE -> new DeflaterOutputStream(out);
        };
    }
}
