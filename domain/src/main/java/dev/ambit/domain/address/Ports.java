package dev.ambit.domain.address;

import java.util.Optional;

/** Reading TCP port numbers from text. */
public final class Ports {

    /** A decimal port 1 to 65535, without sign or spaces; empty otherwise. */
    public static Optional<Integer> parse(String text) {
        if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        int port = Integer.parseInt(text);
        return port >= 1 && port <= 65_535 ? Optional.of(port) : Optional.empty();
    }

    private Ports() {}
}
