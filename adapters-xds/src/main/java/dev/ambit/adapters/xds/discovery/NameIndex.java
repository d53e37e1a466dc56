package dev.ambit.adapters.xds.discovery;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * From {@code network/ip} and {@code namespace/hostname} to the workloads and services that go by it. Only subscribers that ask by
 * name need it. Not safe for use by several threads at once.
 */
final class NameIndex {
    private final Map<String, Set<String>> meant = new HashMap<>();

    Set<String> of(String asked) {
        return meant.getOrDefault(asked, Set.of());
    }

    void add(String name, Set<String> related) {
        for (String other : related) {
            meant.computeIfAbsent(other, _ -> new LinkedHashSet<>()).add(name);
        }
    }

    void remove(String name, Set<String> related) {
        for (String other : related) {
            meant.computeIfPresent(other, (_, names) -> {
                names.remove(name);
                return names.isEmpty() ? null : names;
            });
        }
    }
}
