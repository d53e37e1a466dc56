package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.adapters.k8s.translate.ObjectProblem.Severity;
import java.util.ArrayList;
import java.util.List;

/** Collects what is to be said about one object because of others. */
final class Remarks {
    /** More about one object would be read by nobody. */
    private static final int SHOWN_MAX = 20;

    private final ObjectKey object;
    private final List<ObjectProblem> problems = new ArrayList<>();
    private final List<ObjectCondition> conditions = new ArrayList<>();

    Remarks(ObjectKey object) {
        this.object = object;
    }

    /** The object is used, but not all of it does something. */
    void warn(FieldPath field, String why) {
        add(new ObjectProblem(object, field, why, Severity.WARNING));
    }

    /** The object, or what is at the field, is not used. */
    void reject(FieldPath field, String why) {
        add(new ObjectProblem(object, field, why, Severity.REJECTED));
    }

    private void add(ObjectProblem problem) {
        if (problems.size() < SHOWN_MAX && !problems.contains(problem)) {
            problems.add(problem);
        }
    }

    void condition(String type, boolean met, String reason, String message) {
        conditions.add(new ObjectCondition(object, type, met, reason, message));
    }

    List<ObjectProblem> problems() {
        return problems;
    }

    List<ObjectCondition> conditions() {
        return conditions;
    }
}
