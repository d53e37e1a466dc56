package dev.ambit.adapters.k8s.cluster;

import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.UnreadablePolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import org.jspecify.annotations.Nullable;

/** What became of one object. */
sealed interface ObjectChange {
    ObjectKey key();

    /** It is this now, or its newest version cannot be used and this is the last one that could. */
    record Put(ObjectKey key, HasMetadata object) implements ObjectChange {}

    /**
     * It is there and cannot be used, and never could.
     *
     * @param closed stands in for it if it is a policy; null for other kinds
     */
    record Unusable(ObjectKey key, @Nullable UnreadablePolicy closed) implements ObjectChange {}

    /** It is gone. */
    record Removed(ObjectKey key) implements ObjectChange {}
}
