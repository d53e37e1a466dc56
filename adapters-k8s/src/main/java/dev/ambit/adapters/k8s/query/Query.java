package dev.ambit.adapters.k8s.query;

/**
 * A question whose answer depends on nothing but the answers it reads. A value: two queries that are equal are the same
 * question. Write one as a record whose components are the question's parameters.
 *
 * @param <V> an immutable value whose {@code equals} says whether it has changed
 */
public interface Query<V> {

    /** Finds the answer. Reads only queries of a lower {@link #level}; has no effects. */
    V answer(Reading reading);

    /** Queries are brought up to date level by level, so each at most once per change. Inputs are at level 0. */
    int level();
}
