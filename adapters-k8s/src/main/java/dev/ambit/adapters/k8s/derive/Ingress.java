package dev.ambit.adapters.k8s.derive;

import java.util.Set;

/** Whether ingress gateways, too, send a service's traffic through its waypoint. */
enum Ingress {
    UNSAID(""),
    AROUND("; ingress traffic goes around it, see the label istio.io/ingress-use-waypoint"),
    THROUGH("; ingress traffic goes through it");

    static final String LABEL = "istio.io/ingress-use-waypoint";

    /** What Go's strconv.ParseBool takes for true. */
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");

    private final String message;

    Ingress(String message) {
        this.message = message;
    }

    /** The service's label, else the namespace's; what cannot be read is false. */
    static Ingress of(String service, String namespace) {
        String text = service.isEmpty() ? namespace : service;
        if (text.isEmpty()) {
            return UNSAID;
        }
        return TRUE.contains(text) ? THROUGH : AROUND;
    }

    String message() {
        return message;
    }
}
