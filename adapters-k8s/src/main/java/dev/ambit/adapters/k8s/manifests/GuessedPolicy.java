package dev.ambit.adapters.k8s.manifests;

import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.UnreadablePolicy;
import dev.ambit.domain.policy.PolicyName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** As much as can be told about a policy that cannot be read, for its closed reading. */
final class GuessedPolicy {
    private static final Pattern KIND = Pattern.compile(
            "^\\s*[\"']?kind[\"']?\\s*:\\s*[\"']?(AuthorizationPolicy|PeerAuthentication)\\b", Pattern.MULTILINE);
    private static final Pattern NAMESPACE = field("namespace");
    private static final Pattern NAME = field("name");
    private static final Set<String> SELECTOR_FIELDS = Set.of("matchLabels");

    private GuessedPolicy() {}

    private static Pattern field(String name) {
        return Pattern.compile(
                "^\\s+[\"']?" + name + "[\"']?\\s*:\\s*[\"']?([a-z0-9][-.a-z0-9]{0,252})", Pattern.MULTILINE);
    }

    /** Of a policy that is YAML at least. */
    static UnreadablePolicy of(ManifestKind kind, ObjectKey key, YamlNode node) {
        var name = new PolicyName(printable(key.namespace()), printable(key.name()));
        Map<String, String> selector = selector(node).orElse(Map.of());
        if (kind == ManifestKind.PEER_AUTHENTICATION) {
            return new UnreadablePolicy(UnreadablePolicy.Kind.PEER_AUTHENTICATION, name, selector);
        }
        // No action at all is ALLOW, unless there is a field that may have been meant to be the action.
        boolean allow = node.text("spec", "action").equals("ALLOW");
        return new UnreadablePolicy(allow ? UnreadablePolicy.Kind.ALLOW : UnreadablePolicy.Kind.DENY, name, selector);
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

    /** Only a selector that is understood whole: half of one might select the wrong workloads. */
    private static Optional<Map<String, String>> selector(YamlNode node) {
        Optional<YamlNode> selector = node.child("spec").flatMap(spec -> spec.child("selector"));
        if (selector.isEmpty()
                || !(selector.get() instanceof YamlNode.Mapping(var fields, int _))
                || !SELECTOR_FIELDS.equals(fields.keySet())) {
            return Optional.empty();
        }
        if (!(selector.get().child("matchLabels").orElse(null) instanceof YamlNode.Mapping(var labels, int _))) {
            return Optional.empty();
        }
        Map<String, String> texts = new HashMap<>();
        labels.forEach((label, entry) -> texts.put(label, entry.value().text()));
        return texts.containsValue("") ? Optional.empty() : Optional.of(texts);
    }

    /** A name that is none must still not break what carries it on. */
    private static String printable(String name) {
        String clean = name.replaceAll("[^-.a-zA-Z0-9]", "-");
        return clean.isEmpty() ? "unreadable" : clean.substring(0, Math.min(clean.length(), 253));
    }
}
