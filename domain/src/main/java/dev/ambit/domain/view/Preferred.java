package dev.ambit.domain.view;

import dev.ambit.domain.collection.PersistentMap;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps the first, in a given order of preference, of the values it is shown. */
final class Preferred<V> implements Consumer<V> {
    private final Comparator<V> order;
    private @Nullable V best;

    Preferred(Comparator<V> order) {
        this.order = order;
    }

    static <V> Optional<V> of(PersistentMap<?, V> candidates, Comparator<V> order) {
        var preferred = new Preferred<>(order);
        candidates.forEach((_, value) -> preferred.accept(value));
        return preferred.get();
    }

    @Override
    public void accept(V value) {
        V current = best;
        if (current == null || order.compare(value, current) < 0) {
            best = value;
        }
    }

    Optional<V> get() {
        return Optional.ofNullable(best);
    }
}
