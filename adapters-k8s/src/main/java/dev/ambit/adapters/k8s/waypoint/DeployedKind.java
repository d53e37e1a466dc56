package dev.ambit.adapters.k8s.waypoint;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of objects that a waypoint consists of, in the order in which they are written. */
enum DeployedKind {
    SERVICE_ACCOUNT("ServiceAccount", "v1", "serviceaccounts", "serviceAccount"),
    DEPLOYMENT("Deployment", "apps/v1", "deployments", "deployment"),
    SERVICE("Service", "v1", "services", "service"),
    AUTOSCALER("HorizontalPodAutoscaler", "autoscaling/v2", "horizontalpodautoscalers", "horizontalPodAutoscaler"),
    DISRUPTION_BUDGET("PodDisruptionBudget", "policy/v1", "poddisruptionbudgets", "podDisruptionBudget");

    private final String kind;
    private final String apiVersion;
    private final String plural;
    private final String overlay;

    DeployedKind(String kind, String apiVersion, String plural, String overlay) {
        this.kind = kind;
        this.apiVersion = apiVersion;
        this.plural = plural;
        this.overlay = overlay;
    }

    static Optional<DeployedKind> of(String kind) {
        return Arrays.stream(values()).filter(each -> each.kind.equals(kind)).findFirst();
    }

    ApiKind api() {
        return new ApiKind(apiVersion, kind, plural, true);
    }

    /** The key of a ConfigMap under which changes to this object stand. */
    String overlay() {
        return overlay;
    }

    /** Whether there is one only if an overlay asks for it. */
    boolean isOnRequest() {
        return this == AUTOSCALER || this == DISRUPTION_BUDGET;
    }
}
