package dev.ambit.domain.address;

import dev.ambit.domain.collection.Hashes;
import java.util.Optional;

/** A service's name on the wire: its namespace and host name. */
public record NamespacedHostname(String namespace, String hostname) implements Comparable<NamespacedHostname> {

    /** Reads {@code namespace/hostname}; empty unless there is exactly one slash with text on both sides. */
    public static Optional<NamespacedHostname> parse(String text) {
        int slash = text.indexOf('/');
        if (slash <= 0 || slash == text.length() - 1 || text.indexOf('/', slash + 1) >= 0) {
            return Optional.empty();
        }
        return Optional.of(new NamespacedHostname(text.substring(0, slash), text.substring(slash + 1)));
    }

    @Override
    public int hashCode() {
        return Hashes.both(namespace.hashCode(), hostname.hashCode());
    }

    @Override
    public int compareTo(NamespacedHostname other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : hostname.compareTo(other.hostname);
    }

    @Override
    public String toString() {
        return namespace + "/" + hostname;
    }
}
