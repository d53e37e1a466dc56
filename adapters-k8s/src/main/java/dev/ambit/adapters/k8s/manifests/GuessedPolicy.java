package dev.ambit.adapters.k8s.manifests;

import dev.ambit.adapters.k8s.translate.UnreadablePolicy;
import dev.ambit.domain.policy.PolicyName;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** As much as can be told about a policy whose text cannot be read, for its closed reading. */
final class GuessedPolicy {
    private static final Pattern KIND = Pattern.compile(
            "^\\s*[\"']?kind[\"']?\\s*:\\s*[\"']?(AuthorizationPolicy|PeerAuthentication)\\b", Pattern.MULTILINE);
    private static final Pattern NAMESPACE = field("namespace");
    private static final Pattern NAME = field("name");

    private GuessedPolicy() {}

    private static Pattern field(String name) {
        return Pattern.compile(
                "^\\s+[\"']?" + name + "[\"']?\\s*:\\s*[\"']?([a-z0-9][-.a-z0-9]{0,252})", Pattern.MULTILINE);
    }

    /** Of a text that is no YAML; null if it does not look like a policy. */
    static @Nullable UnreadablePolicy in(String text) {
        Matcher kind = KIND.matcher(text);
        if (!kind.find()) {
            return null;
        }
        var name = new PolicyName(
                first(NAMESPACE, text).orElse("default"), first(NAME, text).orElse("unreadable"));
        return new UnreadablePolicy(
                kind.group(1).equals("PeerAuthentication")
                        ? UnreadablePolicy.Kind.PEER_AUTHENTICATION
                        : UnreadablePolicy.Kind.DENY,
                name,
                Map.of());
    }

    private static Optional<String> first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
