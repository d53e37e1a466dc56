package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.service.LoadBalancing.Scope;
import java.util.List;
import java.util.Locale;

/** Which endpoints a service prefers: {@code spec.trafficDistribution} or Istio's annotation. */
public final class TrafficDistribution {
    private static final List<Scope> ZONE = List.of(Scope.NETWORK, Scope.REGION, Scope.ZONE);
    private static final List<Scope> NODE = List.of(Scope.NETWORK, Scope.REGION, Scope.ZONE, Scope.SUBZONE, Scope.NODE);

    private TrafficDistribution() {}

    static boolean isKnown(String text) {
        return !preference(text).isEmpty();
    }

    /** Upper and lower case are the same, as in Istio. Empty also for a value that is not known. */
    public static List<Scope> preference(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "preferclose", "prefersamezone" -> ZONE;
            case "prefersamenode" -> NODE;
            default -> List.of();
        };
    }
}
