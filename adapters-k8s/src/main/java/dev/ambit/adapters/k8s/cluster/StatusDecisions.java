package dev.ambit.adapters.k8s.cluster;

import dev.ambit.adapters.k8s.derive.MeshDerivation.Derived;
import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which conditions each object should have, from what was found out about it while it was read and derived from. */
final class StatusDecisions {
    private static final String ACCEPTED = "ZtunnelAccepted";

    private StatusDecisions() {}

    /**
     * What the object's status should say; empty if it is of a kind about which nothing is written.
     *
     * @param found problems of the newest version, which the derivation may not have seen: it is given the last sound one
     */
    static Optional<WantedStatus> decide(ObjectKey object, Derived derived, List<ObjectProblem> found) {
        return MeshKind.of(object.kind())
                .filter(WantedStatus::isFor)
                .map(kind -> new WantedStatus(
                        kind,
                        object,
                        conditions(kind, object, derived, found),
                        derived.allocated().getOrDefault(object, List.of())));
    }

    private static List<ObjectCondition> conditions(
            MeshKind kind, ObjectKey object, Derived derived, List<ObjectProblem> read) {
        List<ObjectCondition> conditions = derived.conditions().getOrDefault(object, List.of());
        if (WantedStatus.reportsProblems(kind)) {
            return Stream.concat(
                            conditions.stream(),
                            problems(
                                    object,
                                    conditions,
                                    read,
                                    derived.problemsByObject().getOrDefault(object, List.of()))
                                    .stream())
                    .toList();
        }
        boolean refused = kind.isPolicy() && read.stream().anyMatch(ObjectProblem::isRejection);
        boolean silent = kind == MeshKind.PEER_AUTHENTICATION && conditions.isEmpty();
        if (!refused && !silent) {
            return conditions;
        }
        List<ObjectProblem> all = Stream.concat(
                        read.stream(), derived.problemsByObject().getOrDefault(object, List.of()).stream())
                .distinct()
                .toList();
        return Stream.concat(
                        conditions.stream().filter(each -> !each.type().equals(ACCEPTED)),
                        Stream.of(accepted(object, all)))
                .toList();
    }

    /**
     * What no other condition says already.
     *
     * @param read problems of the newest version by itself
     * @param among those that the version in use has among others
     */
    private static Optional<ObjectCondition> problems(
            ObjectKey object, List<ObjectCondition> conditions, List<ObjectProblem> read, List<ObjectProblem> among) {
        List<ObjectProblem> untold = Stream.concat(read.stream(), among.stream())
                .distinct()
                .filter(problem -> conditions.stream()
                        .noneMatch(condition -> condition.message().contains(problem.why())))
                .toList();
        if (untold.isEmpty()) {
            return Optional.empty();
        }
        String words = untold.stream().map(ObjectProblem::message).collect(Collectors.joining("; "));
        if (read.stream().anyMatch(ObjectProblem::isRejection)) {
            return Optional.of(new ObjectCondition(
                    object,
                    WantedStatus.PROBLEMS,
                    false,
                    "Invalid",
                    "cannot be used; its last sound version counts, if there was one: " + words));
        }
        return Optional.of(
                untold.stream().anyMatch(ObjectProblem::isRejection)
                        ? new ObjectCondition(
                                object, WantedStatus.PROBLEMS, false, "Conflicted", "not all of it is used: " + words)
                        : new ObjectCondition(
                                object,
                                WantedStatus.PROBLEMS,
                                true,
                                "UnsupportedValue",
                                "not all of it has an effect: " + words));
    }

    private static ObjectCondition accepted(ObjectKey object, List<ObjectProblem> found) {
        boolean refused = found.stream().anyMatch(ObjectProblem::isRejection);
        String words = found.stream()
                .filter(problem -> problem.isRejection() == refused)
                .map(ObjectProblem::message)
                .collect(Collectors.joining("; "));
        if (refused) {
            return new ObjectCondition(
                    object,
                    ACCEPTED,
                    false,
                    "Invalid",
                    "not understood, and therefore closed: its last sound version is enforced, else an ALLOW lets nobody"
                            + " in and a DENY denies everything: " + words);
        }
        return found.isEmpty()
                ? new ObjectCondition(object, ACCEPTED, true, "Accepted", "attached to the node proxies")
                : new ObjectCondition(
                        object,
                        ACCEPTED,
                        true,
                        "UnsupportedValue",
                        "attached to the node proxies, but not all of it has an effect: " + words);
    }
}
