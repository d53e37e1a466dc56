package dev.ambit.adapters.xds.channel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What we show the control plane (RFC 6750). */
public sealed interface BearerToken {
    /** Read again for every call, so that the kubelet can rotate it; while the file is not there, there is no token. */
    record InFile(Path file) implements BearerToken {}

    /** The token itself. */
    record Literal(String token) implements BearerToken {
        @Override
        public String toString() {
            return "Literal[token=(secret)]";
        }
    }

    record None() implements BearerToken {}

    /**
     * An operator's word: a path, there already or not yet, or the token itself; nothing means none. What begins like a
     * path is one, because a token that is sent in its place would be no use and a token file may be written later.
     */
    static BearerToken of(String value) {
        if (value.isEmpty()) {
            return new None();
        }
        boolean path = value.startsWith("/") || value.startsWith("./") || value.startsWith("../");
        if (path || (value.length() < 4_096 && !value.contains("\0") && Files.exists(Path.of(value)))) {
            return new InFile(Path.of(value));
        }
        if (!isSendable(value.strip())) {
            throw new IllegalArgumentException(
                    "AUTH_TOKEN is neither a file nor a token: use the path of a file, or printable ASCII without spaces");
        }
        return new Literal(value.strip());
    }

    /** The token as it is now; empty if there is none to send. */
    default Optional<String> current() {
        return switch (this) {
            case None() -> Optional.empty();
            case Literal(String token) -> Optional.of(token);
            case InFile(Path file) -> read(file);
        };
    }

    private static Optional<String> read(Path file) {
        Logger log = LoggerFactory.getLogger(BearerToken.class);
        int bytesMax = 64 << 10;
        try {
            if (!Files.exists(file)) {
                log.warn("no token file, calling without a token\tfile={}", file);
                return Optional.empty();
            }
            if (Files.size(file) > bytesMax) {
                log.warn("token file too large, calling without a token\tfile={} bytesMax={}", file, bytesMax);
                return Optional.empty();
            }
            String token = Files.readString(file).strip();
            return isSendable(token) ? Optional.of(token) : Optional.empty();
        } catch (IOException e) {
            log.warn("token file cannot be read, calling without a token\tfile={} error=\"{}\"", file, e.toString());
            return Optional.empty();
        }
    }

    private static boolean isSendable(String token) {
        return !token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c < 127);
    }
}
