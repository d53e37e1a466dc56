package dev.ambit.adapters.k8s.translate;

import java.util.List;
import java.util.Optional;

/**
 * One object, read by itself.
 *
 * @param facts empty if it means nothing, or cannot be used
 * @param closed for a policy that cannot be used: how it is enforced while no sound version of it is known
 */
public record ReadObject(
        ObjectKey key,
        Optional<ObjectFacts> facts,
        Optional<UnreadablePolicy> closed,
        List<ObjectProblem> problems,
        List<ObjectCondition> conditions) {
    public ReadObject {
        problems = List.copyOf(problems);
        conditions = List.copyOf(conditions);
    }
}
