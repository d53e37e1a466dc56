package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.translate.AllocatedAddress;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.adapters.k8s.translate.ObjectProblem.Severity;
import dev.ambit.adapters.k8s.translate.RouteFacts.Parent;
import dev.ambit.domain.address.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects what is to be said about one object because of others. */
final class Remarks {
    /** More about one object would be read by nobody. */
    private static final int SHOWN_MAX = 20;

    private final ObjectKey object;
    private final List<ObjectProblem> problems = new ArrayList<>();
    private final List<ObjectCondition> conditions = new ArrayList<>();
    private final List<AllocatedAddress> allocated = new ArrayList<>();

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

    /** Of a route, about one of its parents. */
    void condition(Parent parent, String type, boolean met, String reason, String message) {
        conditions.add(new ObjectCondition(object, type, met, reason, message, Optional.of(parent)));
    }

    void condition(String type, boolean met, String reason, String message) {
        conditions.add(new ObjectCondition(object, type, met, reason, message));
    }

    void allocated(String host, IpAddress address) {
        allocated.add(new AllocatedAddress(object, host, address));
    }

    List<AllocatedAddress> allocated() {
        return allocated;
    }

    List<ObjectProblem> problems() {
        return problems;
    }

    List<ObjectCondition> conditions() {
        return conditions;
    }
}
