package dev.ambit.adapters.k8s.translate;

import java.util.ArrayList;
import java.util.List;

/**
 * Where in an object a value stands, for messages and for finding its line.
 *
 * @param segments field names, map keys and list indexes from the root; empty is the whole object
 */
public record FieldPath(List<String> segments) {

    public static final FieldPath ROOT = new FieldPath(List.of());

    public FieldPath {
        segments = List.copyOf(segments);
    }

    public static FieldPath of(String... segments) {
        return new FieldPath(List.of(segments));
    }

    public FieldPath child(String segment) {
        var longer = new ArrayList<>(segments);
        longer.add(segment);
        return new FieldPath(longer);
    }

    public FieldPath child(int index) {
        return child(Integer.toString(index));
    }

    /** {@code spec.rules[0].from}, the form of Kubernetes' own messages. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (String segment : segments) {
            if (!segment.isEmpty() && segment.chars().allMatch(c -> c >= '0' && c <= '9')) {
                text.append('[').append(segment).append(']');
            } else if (segment.indexOf('.') >= 0 || segment.indexOf('/') >= 0) {
                text.append("['").append(segment).append("']");
            } else {
                text.append(text.isEmpty() ? "" : ".").append(segment);
            }
        }
        return text.toString();
    }
}
