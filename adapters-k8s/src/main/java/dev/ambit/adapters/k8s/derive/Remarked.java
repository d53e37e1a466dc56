package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.translate.AllocatedAddress;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.adapters.k8s.translate.ReadObject;
import dev.ambit.domain.collection.PersistentMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that is to be said about objects: what each is by itself, and what came of it among others. */
final class Remarked {
    private PersistentMap<ObjectKey, List<ObjectProblem>> readProblems = PersistentMap.empty();
    private PersistentMap<ObjectKey, List<ObjectCondition>> readConditions = PersistentMap.empty();
    private PersistentMap<ObjectKey, List<ObjectProblem>> derivedProblems = PersistentMap.empty();
    private PersistentMap<ObjectKey, List<ObjectCondition>> derivedConditions = PersistentMap.empty();
    private PersistentMap<ObjectKey, List<AllocatedAddress>> allocated = PersistentMap.empty();
    private PersistentMap<ObjectKey, List<ObjectProblem>> problems = PersistentMap.empty();
    private PersistentMap<ObjectKey, List<ObjectCondition>> conditions = PersistentMap.empty();

    void read(ReadObject read) {
        readProblems = put(readProblems, read.key(), read.problems());
        readConditions = put(readConditions, read.key(), read.conditions());
        join(read.key());
    }

    void forget(ObjectKey object) {
        readProblems = readProblems.without(object);
        readConditions = readConditions.without(object);
        join(object);
    }

    /** Replaces what one part had to say. */
    void derived(Part before, Part after) {
        if (!before.allocated().equals(after.allocated())) {
            before.allocated().forEach(each -> allocated = allocated.without(each.object()));
            by(after.allocated(), AllocatedAddress::object)
                    .forEach((object, all) -> allocated = allocated.with(object, all));
        }
        if (before.problems().equals(after.problems()) && before.conditions().equals(after.conditions())) {
            return;
        }
        var now = by(after.problems(), ObjectProblem::object);
        var nowConditions = by(after.conditions(), ObjectCondition::object);
        Set<ObjectKey> touched = new HashSet<>(now.keySet());
        touched.addAll(nowConditions.keySet());
        before.problems().forEach(problem -> touched.add(problem.object()));
        before.conditions().forEach(condition -> touched.add(condition.object()));
        for (ObjectKey object : touched) {
            derivedProblems = put(derivedProblems, object, now.getOrDefault(object, List.of()));
            derivedConditions = put(derivedConditions, object, nowConditions.getOrDefault(object, List.of()));
            join(object);
        }
    }

    private static <T> Map<ObjectKey, List<T>> by(List<T> all, Function<T, ObjectKey> object) {
        return all.isEmpty() ? Map.of() : all.stream().collect(Collectors.groupingBy(object));
    }

    private void join(ObjectKey object) {
        problems = put(problems, object, joined(readProblems, derivedProblems, object));
        conditions = put(conditions, object, joined(readConditions, derivedConditions, object));
    }

    private static <T> List<T> joined(
            PersistentMap<ObjectKey, List<T>> read, PersistentMap<ObjectKey, List<T>> derived, ObjectKey object) {
        return Stream.concat(
                        read.getOrDefault(object, List.of()).stream(), derived.getOrDefault(object, List.of()).stream())
                .toList();
    }

    private static <T> PersistentMap<ObjectKey, List<T>> put(
            PersistentMap<ObjectKey, List<T>> map, ObjectKey object, List<T> values) {
        if (values.isEmpty()) {
            return map.without(object);
        }
        return values.equals(map.get(object)) ? map : map.with(object, values);
    }

    PersistentMap<ObjectKey, List<ObjectProblem>> problems() {
        return problems;
    }

    PersistentMap<ObjectKey, List<AllocatedAddress>> allocated() {
        return allocated;
    }

    PersistentMap<ObjectKey, List<ObjectCondition>> conditions() {
        return conditions;
    }
}
