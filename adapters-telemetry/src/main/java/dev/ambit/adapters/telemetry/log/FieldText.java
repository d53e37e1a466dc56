package dev.ambit.adapters.telemetry.log;

/** Reads {@code key=value key="value"} behind a message, as our own log statements write it. */
final class FieldText {

    /** Adds what it finds; what cannot be read that way is added whole, so that nothing is lost. */
    static void addTo(LogLine line, String text) {
        int at = 0;
        while (at < text.length()) {
            int equals = text.indexOf('=', at);
            if (equals < 0 || !isKey(text, at, equals)) {
                line.text("detail", text.substring(at));
                return;
            }
            String key = text.substring(at, equals);
            int start = equals + 1;
            if (start < text.length() && text.charAt(start) == '"') {
                int end = closingQuote(text, start + 1);
                line.text(key, text.substring(start + 1, end));
                at = end + 2;
            } else {
                int end = text.indexOf(' ', start);
                end = end < 0 ? text.length() : end;
                value(line, key, text.substring(start, end));
                at = end + 1;
            }
        }
    }

    /** Values are not escaped where they are logged: the quote that ends one is followed by another field or by nothing. */
    private static int closingQuote(String text, int from) {
        int quote = text.indexOf('"', from);
        while (quote >= 0 && quote + 1 < text.length()) {
            int equals = text.indexOf('=', quote);
            if (text.charAt(quote + 1) == ' ' && equals > 0 && isKey(text, quote + 2, equals)) {
                return quote;
            }
            quote = text.indexOf('"', quote + 1);
        }
        return quote < 0 ? text.length() : quote;
    }

    private static void value(LogLine line, String key, String value) {
        boolean number =
                !value.isEmpty() && value.length() < 16 && value.chars().allMatch(Character::isDigit);
        if (number) {
            line.number(key, Long.parseLong(value));
        } else {
            line.token(key, value);
        }
    }

    private static boolean isKey(String text, int from, int to) {
        if (from >= to) {
            return false;
        }
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_' && c != '.') {
                return false;
            }
        }
        return true;
    }

    private FieldText() {}
}
