package dev.ambit.adapters.k8s.translate;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A Kubernetes label selector: every condition must hold; without conditions it selects everything.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors">selectors</a>
 */
public record LabelMatch(List<Condition> conditions) {
    public LabelMatch {
        conditions = List.copyOf(conditions);
    }

    /** What is asked of one label. */
    public record Condition(String key, Operator operator, Set<String> values) {
        public Condition {
            values = Set.copyOf(values);
        }

        boolean holds(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
            };
        }
    }

    /** The operators of {@code matchExpressions}. */
    public enum Operator {
        IN,
        NOT_IN,
        EXISTS,
        DOES_NOT_EXIST
    }

    public boolean selects(Map<String, String> labels) {
        return conditions.stream().allMatch(condition -> condition.holds(labels));
    }

    /** Empty for a selector with an operator that does not exist, or without the values it needs. */
    static Optional<LabelMatch> of(LabelSelector selector) {
        var conditions = new ArrayList<Condition>();
        Fields.map(selector.getMatchLabels())
                .forEach((key, value) -> conditions.add(new Condition(key, Operator.IN, Set.of(value))));
        for (LabelSelectorRequirement requirement : Fields.list(selector.getMatchExpressions())) {
            Set<String> values = Set.copyOf(Fields.list(requirement.getValues()));
            Optional<Operator> operator = operator(Fields.text(requirement.getOperator()));
            boolean needsValues =
                    operator.isPresent() && (operator.get() == Operator.IN || operator.get() == Operator.NOT_IN);
            if (operator.isEmpty() || (needsValues && values.isEmpty())) {
                return Optional.empty();
            }
            conditions.add(new Condition(Fields.text(requirement.getKey()), operator.get(), values));
        }
        return Optional.of(new LabelMatch(conditions));
    }

    private static Optional<Operator> operator(String text) {
        return switch (text) {
            case "In" -> Optional.of(Operator.IN);
            case "NotIn" -> Optional.of(Operator.NOT_IN);
            case "Exists" -> Optional.of(Operator.EXISTS);
            case "DoesNotExist" -> Optional.of(Operator.DOES_NOT_EXIST);
            default -> Optional.empty();
        };
    }
}
