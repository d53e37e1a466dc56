package dev.ambit.adapters.k8s.translate;

import java.util.List;

/** What a ReferenceGrant allows: objects of other namespaces to refer to objects of its own. */
public record GrantFacts(List<From> from, List<To> to) implements ObjectFacts {
    public GrantFacts {
        from = List.copyOf(from);
        to = List.copyOf(to);
    }

    /** Who may refer; the group is empty for the core kinds. */
    public record From(String group, String kind, String namespace) {}

    /** To what; the group is empty for the core kinds, the name for all of the kind. */
    public record To(String group, String kind, String name) {}

    /** Whether one object may refer to another, which is in the grant's namespace. */
    public boolean allows(From referrer, To target) {
        return from.contains(referrer)
                && to.stream()
                        .anyMatch(each -> each.group().equals(target.group())
                                && each.kind().equals(target.kind())
                                && (each.name().isEmpty() || each.name().equals(target.name())));
    }
}
