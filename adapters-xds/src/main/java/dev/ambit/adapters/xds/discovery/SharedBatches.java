package dev.ambit.adapters.xds.discovery;

import java.lang.ref.WeakReference;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The last batches, for other subscribers that stand at the same place. They are kept while somebody is still sending them, and
 * after that only until memory is collected. Safe for use by several threads.
 */
final class SharedBatches {
    private static final int KEPT = 16;

    /**
     * What a batch has: changes of a type after one number, removals after another, all up to the latest of a moment.
     */
    record Range(String typeUrl, long upsertsAfter, long removalsAfter, long upTo) {}

    private final Map<Range, WeakReference<Batch>> kept = new LinkedHashMap<>(KEPT * 2, 0.75f, true);

    /** The batch of this range; of several that ask at once, one makes it. */
    synchronized Batch get(Range range, Supplier<Batch> made) {
        WeakReference<Batch> before = kept.get(range);
        @Nullable Batch batch = before == null ? null : before.get();
        if (batch == null) {
            batch = made.get();
            kept.put(range, new WeakReference<>(batch));
            if (kept.size() > KEPT) {
                kept.remove(kept.keySet().iterator().next());
            }
        }
        return batch;
    }
}
