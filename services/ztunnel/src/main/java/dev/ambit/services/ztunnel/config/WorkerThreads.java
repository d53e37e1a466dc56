package dev.ambit.services.ztunnel.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * How many event loops carry the data plane, by the rule of Istio's ztunnel: ZTUNNEL_WORKER_THREADS, else the mesh's
 * {@code concurrency}, else what the pod may use of the node's processors.
 */
final class WorkerThreads {
    static final int MAX = 256;

    private static final String VARIABLE = "ZTUNNEL_WORKER_THREADS";
    private static final String RESOURCE_LIMIT = "ZTUNNEL_RESOURCE_CPU_LIMIT";
    private static final String RESOURCE_REQUEST = "ZTUNNEL_RESOURCE_CPU_REQUEST";
    private static final int DEFAULT_LEAST = 2;
    private static final int PERCENT = 100;
    private static final int DEFAULT_SHARE = 4;
    private static final int CPUS_MAX = 65_536;
    private static final BigDecimal MILLIS = new BigDecimal(1_000);

    private final Settings settings;
    private final int processors;

    /** @param processors that the machine, or the container's limit, gives this process */
    WorkerThreads(Settings settings, int processors) {
        this.settings = settings;
        this.processors = processors;
    }

    /** @param concurrency of the mesh's proxy configuration; 0 means every processor */
    int count(Optional<Integer> concurrency) {
        int fallback =
                concurrency.map(wanted -> wanted > 0 ? wanted : processors()).orElseGet(this::byResources);
        return settings.optional(VARIABLE).map(this::explicit).orElse(Math.clamp(fallback, 1, MAX));
    }

    private int explicit(String value) {
        String number = value.strip();
        if (!number.endsWith("%")) {
            int threads = Settings.number(VARIABLE, number, 0, MAX);
            return threads > 0 ? threads : Math.clamp(processors(), 1, MAX);
        }
        BigDecimal percent = decimal(number.substring(0, number.length() - 1))
                .filter(it -> it.signum() > 0 && it.compareTo(new BigDecimal(PERCENT)) <= 0)
                .orElseThrow(
                        () -> Settings.unusable(VARIABLE, value, "a percentage must be above 0% and at most 100%"));
        int threads = percent.multiply(new BigDecimal(processors()))
                .divide(new BigDecimal(PERCENT), 0, RoundingMode.CEILING)
                .intValueExact();
        return Math.clamp(threads, 1, MAX);
    }

    private int byResources() {
        int request = quantity(RESOURCE_REQUEST).orElse(0);
        // A limit is the operator's word, even below two threads; without one a quarter of the node is plenty.
        return quantity(RESOURCE_LIMIT)
                .map(limit -> Math.max(limit, request))
                .orElseGet(() -> Math.max(Math.max(Math.ceilDiv(processors(), DEFAULT_SHARE), request), DEFAULT_LEAST));
    }

    private int processors() {
        return quantity(RESOURCE_LIMIT)
                .or(() -> settings.optionalNumber("ZTUNNEL_CPU_LIMIT", 1, CPUS_MAX))
                .orElse(processors);
    }

    /** A Kubernetes quantity of processors, such as 2, 1.5 or 500m, rounded up. */
    private Optional<Integer> quantity(String variable) {
        return settings.optional(variable).map(value -> {
            String text = value.strip();
            boolean millis = text.endsWith("m");
            return decimal(millis ? text.substring(0, text.length() - 1) : text)
                    .map(it -> millis ? it.divide(MILLIS) : it)
                    .filter(it -> it.signum() > 0 && it.compareTo(new BigDecimal(CPUS_MAX)) <= 0)
                    .map(it -> it.setScale(0, RoundingMode.CEILING).intValueExact())
                    .orElseThrow(() -> Settings.unusable(
                            variable, value, "it must be a quantity of processors above 0, such as 2, 1.5 or 500m"));
        });
    }

    private static Optional<BigDecimal> decimal(String text) {
        return text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?") ? Optional.of(new BigDecimal(text)) : Optional.empty();
    }
}
