package dev.ambit.adapters.k8s.query;

/** A question that only the outside can answer, with {@link Answers#set}. */
public interface Input<V> extends Query<V> {

    /** The answer until one is set, and after it was unset. */
    V unset();

    @Override
    default V answer(Reading reading) {
        return unset();
    }

    @Override
    default int level() {
        return 0;
    }
}
