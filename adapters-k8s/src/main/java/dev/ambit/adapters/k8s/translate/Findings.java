package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.ObjectProblem.Severity;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one object while it is read. */
final class Findings {
    /** Findings about one object that anybody would read. */
    private static final int SHOWN_MAX = 20;

    private final ObjectKey object;
    private boolean rejected;
    private final List<ObjectProblem> problems = new ArrayList<>();
    private final List<ObjectCondition> conditions = new ArrayList<>();

    Findings(ObjectKey object) {
        this.object = object;
    }

    void reject(FieldPath field, String why) {
        add(new ObjectProblem(object, field, why, Severity.REJECTED));
    }

    void warn(FieldPath field, String why) {
        add(new ObjectProblem(object, field, why, Severity.WARNING));
    }

    /** A rejection always counts, even if there are too many findings to show. */
    private void add(ObjectProblem problem) {
        rejected |= problem.isRejection();
        if (problems.contains(problem)) {
            return;
        }
        if (problems.size() < SHOWN_MAX) {
            problems.add(problem);
        } else if (problems.size() == SHOWN_MAX) {
            problems.add(new ObjectProblem(
                    object, FieldPath.ROOT, "has more problems than the " + SHOWN_MAX + " shown", problem.severity()));
        }
    }

    /** What the object's status is to say. */
    void condition(String type, boolean met, String reason, String message) {
        conditions.add(new ObjectCondition(object, type, met, reason, message));
    }

    List<ObjectCondition> conditions() {
        return List.copyOf(conditions);
    }

    boolean rejected() {
        return rejected;
    }

    List<ObjectProblem> problems() {
        return List.copyOf(problems);
    }
}
