package dev.ambit.domain.dns;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Names as messages have them: labels with their length in front, the root label last (RFC 1035 section 3.1). */
final class NameBytes {
    static final int LABEL_MAX = 63;
    static final int NAME_MAX = 255;

    private static final int POINTER = 0xc0;

    /**
     * Reads a name without pointers, which is how the name of a question comes: there is nothing before it to point to.
     * Empty if it is not one.
     */
    static Optional<DnsName> read(byte[] message, int from) {
        var text = new StringBuilder();
        int at = from;
        while (at < message.length && at - from < NAME_MAX) {
            int length = message[at] & 0xff;
            if (length == 0) {
                return Optional.of(new DnsName(text.toString()));
            }
            if (length > LABEL_MAX || at + length >= message.length) {
                return Optional.empty();
            }
            if (!text.isEmpty()) {
                text.append('.');
            }
            for (int i = at + 1; i <= at + length; i++) {
                append(text, message[i] & 0xff);
            }
            at += length + 1;
        }
        return Optional.empty();
    }

    private static void append(StringBuilder text, int c) {
        boolean plain =
                (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (plain || c == '*') {
            text.append((char) c);
        } else {
            text.append(String.format(Locale.ROOT, "\\%03d", c));
        }
    }

    /** Where what follows a name begins; -1 if the message ends within it. Pointers are not followed, so never in circles. */
    static int skip(byte[] message, int from) {
        int at = from;
        while (at < message.length && at - from < NAME_MAX) {
            int length = message[at] & 0xff;
            if (length == 0) {
                return at + 1;
            }
            if ((length & POINTER) == POINTER) {
                return at + 2 <= message.length ? at + 2 : -1;
            }
            if (length > LABEL_MAX) {
                return -1;
            }
            at += length + 1;
        }
        return -1;
    }

    /** Where the first so many labels of a name end. The name has that many. */
    static int skipLabels(byte[] message, int from, int labels) {
        int at = from;
        for (int i = 0; i < labels; i++) {
            at += (message[at] & 0xff) + 1;
        }
        return at;
    }

    /** Empty if the text is not a name that can be sent: only letters, digits, hyphens and underscores in labels. */
    static Optional<byte[]> write(DnsName name) {
        byte[] characters = ("." + name.text()).getBytes(StandardCharsets.ISO_8859_1);
        if (name.text().isEmpty()
                || characters.length + 1 > NAME_MAX
                || !name.text().chars().allMatch(c -> c == '.' || isHostCharacter(c))) {
            return Optional.empty();
        }
        byte[] written = new byte[characters.length + 1];
        int label = 0;
        for (int i = 1; i <= characters.length; i++) {
            if (i == characters.length || characters[i] == '.') {
                int length = i - label - 1;
                if (length < 1 || length > LABEL_MAX) {
                    return Optional.empty();
                }
                written[label] = (byte) length;
                label = i;
            } else {
                written[i] = characters[i];
            }
        }
        return Optional.of(written);
    }

    private static boolean isHostCharacter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }

    private NameBytes() {}
}
