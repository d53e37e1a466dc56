package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.ObjectProblem.Severity;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one object while it is read. */
final class Findings {
    private final ObjectKey object;
    private final List<ObjectProblem> problems = new ArrayList<>();

    Findings(ObjectKey object) {
        this.object = object;
    }

    void reject(FieldPath field, String why) {
        problems.add(new ObjectProblem(object, field, why, Severity.REJECTED));
    }

    void warn(FieldPath field, String why) {
        problems.add(new ObjectProblem(object, field, why, Severity.WARNING));
    }

    boolean rejected() {
        return problems.stream().anyMatch(ObjectProblem::isRejection);
    }

    List<ObjectProblem> problems() {
        return List.copyOf(problems);
    }
}
