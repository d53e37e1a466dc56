package dev.ambit.adapters.xds.wire;

import java.util.HashMap;
import java.util.Map;

/**
 * The parts that resources of one push have in common, each kept once: ten pods of a service name the same namespace,
 * account, service and ports. For one thread and one push; what is remembered for it goes with it.
 */
public final class SharedParts {
    private final Map<Object, Object> parts = new HashMap<>();

    /** The first of all parts that were equal to this one. Only for parts that never change. */
    <T> T first(T part) {
        Object first = parts.putIfAbsent(part, part);
        @SuppressWarnings("unchecked") // what is equal is of one class here: texts, records, immutable collections
        T same = first == null ? part : (T) first;
        return same;
    }
}
