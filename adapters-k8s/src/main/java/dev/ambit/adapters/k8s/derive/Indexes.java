package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Answers;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Keeps the {@link Members} of everything as objects come and go. Several objects may claim the same. */
final class Indexes {
    private final Map<Members<?>, TreeMap<Comparable<?>, Integer>> claims = new HashMap<>();
    private final Set<Members<?>> changed = new LinkedHashSet<>();

    /** One thing that an object claims. */
    record Claim(Members<?> members, Comparable<?> element) {
        static <E extends Comparable<? super E>> Claim of(Members<E> members, E element) {
            return new Claim(members, element);
        }
    }

    /** Replaces what one object claims. */
    void replace(List<Claim> before, List<Claim> after) {
        if (before.equals(after)) {
            return;
        }
        // First out, then in: elements that come to the same place may still differ in the rest.
        before.forEach(claim -> count(claim, -1));
        after.forEach(claim -> count(claim, 1));
    }

    private void count(Claim claim, int change) {
        TreeMap<Comparable<?>, Integer> elements = claims.computeIfAbsent(claim.members(), _ -> new TreeMap<>());
        elements.merge(claim.element(), change, (before, more) -> before + more == 0 ? null : before + more);
        changed.add(claim.members());
    }

    /** Hands over what has changed. */
    void flush(Answers answers) {
        changed.forEach(members -> flush(members, answers));
        changed.clear();
    }

    @SuppressWarnings("unchecked") // a claim is only made with elements of its members' type
    private <E> void flush(Members<E> members, Answers answers) {
        TreeMap<Comparable<?>, Integer> elements = claims.get(members);
        if (elements == null || elements.isEmpty()) {
            claims.remove(members);
            answers.unset(members);
        } else {
            answers.set(members, (List<E>) List.copyOf(elements.keySet()));
        }
    }
}
