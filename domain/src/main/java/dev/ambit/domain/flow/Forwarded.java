package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpPort;
import java.util.Locale;

/** What of the {@code forwarded} header (RFC 7239) a node proxy writes and reads. */
final class Forwarded {

    /** Longer than any that a proxy of the mesh writes. */
    private static final int LENGTH_MAX = 1_024;

    /**
     * {@code for="ip:port"}, and {@code ;host=} unless the host is empty or would not be read as what it is: a name that is not
     * ASCII would cost the peer the whole header, and a control character the whole request.
     */
    static String format(IpPort client, String host) {
        String from = "for=\"" + client + '"';
        return !host.isEmpty() && host.chars().allMatch(Forwarded::standsUnquoted) ? from + ";host=" + host : from;
    }

    private static boolean standsUnquoted(int character) {
        return character > ' ' && character < 0x7f && ";,\"".indexOf(character) < 0;
    }

    /**
     * The {@code host} of the first element, in lower case; empty if there is none, or if the text is too long or not ASCII
     * (RFC 9110 5.5), which no proxy of a mesh writes.
     */
    static String host(String header) {
        if (header.length() > LENGTH_MAX || header.chars().anyMatch(character -> character > 0x7f)) {
            return "";
        }
        int comma = header.indexOf(',');
        String element = comma < 0 ? header : header.substring(0, comma);
        int start = 0;
        while (start < element.length()) {
            int semicolon = element.indexOf(';', start);
            int end = semicolon < 0 ? element.length() : semicolon;
            String pair = element.substring(start, end).strip();
            if (pair.regionMatches(true, 0, "host=", 0, 5)) {
                return unquoted(pair.substring(5)).toLowerCase(Locale.ROOT);
            }
            start = end + 1;
        }
        return "";
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    private Forwarded() {}
}
