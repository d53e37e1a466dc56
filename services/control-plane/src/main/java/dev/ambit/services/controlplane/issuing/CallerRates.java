package dev.ambit.services.controlplane.issuing;

import dev.ambit.domain.flow.TokenBucket;
import dev.ambit.domain.issuing.Caller;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How often each caller may ask. A node proxy asks for every identity of its node, all at once when it starts; anybody else
 * needs one certificate in half a day. Safe for use by several threads.
 */
public final class CallerRates {
    /** More callers than any mesh has; the one that has not asked for longest is forgotten. */
    private static final int CALLERS_MAX = 100_000;

    private final TokenBucket ofNodeProxies;
    private final TokenBucket ofOthers;
    private final LongSupplier nanos;
    private final Map<String, TokenBucket.Level> levels = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * With these rates.
     *
     * @param nanos a clock of any origin that never goes back
     */
    public CallerRates(TokenBucket ofNodeProxies, TokenBucket ofOthers, LongSupplier nanos) {
        this.ofNodeProxies = ofNodeProxies;
        this.ofOthers = ofOthers;
        this.nanos = nanos;
    }

    /** 100 a second for a node proxy, 2,000 in a burst: four times the pods of a full node. Else one a second, 30 in a burst. */
    public static CallerRates usual(LongSupplier nanos) {
        return new CallerRates(new TokenBucket(100, 2_000), new TokenBucket(1, 30), nanos);
    }

    /** By which callers are told apart: a pod, or else an identity. */
    static String key(Caller caller) {
        return caller.podUid().isEmpty() ? caller.identity().toString() : caller.podUid();
    }

    /** Whether this caller may ask now. Counts only those that may. */
    public synchronized boolean admits(Caller caller, boolean nodeProxy) {
        String key = key(caller);
        TokenBucket bucket = nodeProxy ? ofNodeProxies : ofOthers;
        long now = nanos.getAsLong();
        TokenBucket.Level level = levels.get(key);
        Optional<TokenBucket.Level> taken = bucket.take(level == null ? bucket.full(now) : level, now);
        taken.ifPresent(after -> levels.put(key, after));
        if (levels.size() > CALLERS_MAX) {
            var oldest = levels.entrySet().iterator();
            oldest.next();
            oldest.remove();
        }
        return taken.isPresent();
    }
}
