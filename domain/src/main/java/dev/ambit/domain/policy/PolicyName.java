package dev.ambit.domain.policy;

import dev.ambit.domain.collection.Hashes;
import java.util.Optional;

/** Namespace and name of a policy, the name xDS gives it and denials print. */
public record PolicyName(String namespace, String name) implements Comparable<PolicyName> {

    /** Reads {@code namespace/name}; empty unless there is exactly one slash with text on both sides. */
    public static Optional<PolicyName> parse(String text) {
        int slash = text.indexOf('/');
        if (slash <= 0 || slash == text.length() - 1 || text.indexOf('/', slash + 1) >= 0) {
            return Optional.empty();
        }
        return Optional.of(new PolicyName(text.substring(0, slash), text.substring(slash + 1)));
    }

    @Override
    public int hashCode() {
        return Hashes.both(namespace.hashCode(), name.hashCode());
    }

    @Override
    public int compareTo(PolicyName other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
