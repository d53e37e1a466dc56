package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.Ports;
import java.util.Locale;

/** What a CONNECT asks for (RFC 9110, section 9.3.6): where to, always with a port. */
sealed interface Authority {

    /** A host name of 255 characters, a colon and a port. */
    int LENGTH_MAX = 255 + 6;

    record Address(IpPort to) implements Authority {}

    /**
     * A service by name.
     *
     * @param hostname in lower case
     */
    record Host(String hostname, int port) implements Authority {}

    record Malformed(String why) implements Authority {}

    static Authority parse(String text) {
        if (text.length() > LENGTH_MAX) {
            return new Malformed("authority has " + text.length() + " characters, at most " + LENGTH_MAX + " may be");
        }
        var address = IpPort.parse(text);
        if (address.isPresent() && address.get().port() > 0) {
            return new Address(address.get());
        }
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            return new Malformed("authority has no port");
        }
        String hostname = text.substring(0, colon);
        if (hostname.isEmpty() || !hostname.chars().allMatch(Authority::isHostCharacter)) {
            return new Malformed("authority is neither ip:port nor host:port");
        }
        return Ports.parse(text.substring(colon + 1))
                .<Authority>map(port -> new Host(hostname.toLowerCase(Locale.ROOT), port))
                .orElseGet(() -> new Malformed("port of the authority is not 1 to 65535"));
    }

    /** The text as far as it may be shown in a log: bounded and printable. */
    static String shown(String text) {
        String head = text.length() > LENGTH_MAX ? text.substring(0, LENGTH_MAX) + "..." : text;
        var shown = new StringBuilder(head.length());
        head.chars().forEach(c -> shown.append(c > ' ' && c < 127 ? (char) c : '?'));
        return shown.toString();
    }

    private static boolean isHostCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '-'
                || c == '_'
                || c == '*';
    }
}
