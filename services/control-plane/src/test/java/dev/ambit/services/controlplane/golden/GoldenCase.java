package dev.ambit.services.controlplane.golden;

import dev.ambit.adapters.k8s.translate.DerivationFeatures;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.EntryVisibility;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.Reach;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.UnboundWaypoint;
import dev.ambit.adapters.k8s.translate.LabelMatch;
import dev.ambit.adapters.k8s.translate.ServiceSharing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * One file of the golden set: a comment with the rule it shows, manifests, and as the last document what is expected.
 *
 * @param manifests YAML
 * @param only kinds of resources, and of fields, that are compared; empty for all
 * @param expected resources by their names on the wire
 */
record GoldenCase(
        String name, String manifests, DerivationFeatures features, List<String> only, Map<String, Object> expected) {
    private static final String SEPARATOR = "\n---\n";

    static GoldenCase read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        if (!text.startsWith("# ")) {
            throw new IllegalArgumentException(file + " does not say which rule it shows");
        }
        int last = text.lastIndexOf(SEPARATOR);
        Map<String, Object> outcome =
                map(new Load(LoadSettings.builder().build()).loadFromString(text.substring(last + SEPARATOR.length())));
        return new GoldenCase(
                String.valueOf(file.getFileName()).replace(".yaml", ""),
                text.substring(0, last),
                features(map(outcome.getOrDefault("options", Map.of()))),
                list(outcome.getOrDefault("only", List.of())).stream()
                        .map(String::valueOf)
                        .toList(),
                map(outcome.getOrDefault("expected", Map.of())));
    }

    private static DerivationFeatures features(Map<String, Object> options) {
        DerivationFeatures features = DerivationFeatures.defaults();
        if (options.containsKey("dryRunPolicies")) {
            features = features.withDryRunPolicies();
        }
        if (options.containsKey("allowFromWaypoints")) {
            features = features.withAllowFromWaypoints();
        }
        if (options.containsKey("unboundWaypoint")) {
            features = features.with(UnboundWaypoint.valueOf(String.valueOf(options.get("unboundWaypoint"))));
        }
        if (options.containsKey("multiNetwork")) {
            features = features.with(ServiceSharing.OFF.on());
        }
        var visibility = new ArrayList<EntryVisibility>();
        for (Object each : list(options.getOrDefault("entryVisibility", List.of()))) {
            Map<String, Object> rule = map(each);
            var condition = new LabelMatch.Condition(
                    String.valueOf(rule.get("label")),
                    LabelMatch.Operator.IN,
                    Set.of(String.valueOf(rule.get("value"))));
            visibility.add(new EntryVisibility(
                    new LabelMatch(List.of(condition)), Reach.valueOf(String.valueOf(rule.get("reach")))));
        }
        return features.with(visibility);
    }

    @SuppressWarnings("unchecked") // keys of these files are texts
    static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static List<?> list(Object value) {
        return (List<?>) value;
    }

    @Override
    public String toString() {
        return name;
    }
}
