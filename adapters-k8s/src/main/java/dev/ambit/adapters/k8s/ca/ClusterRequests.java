package dev.ambit.adapters.k8s.ca;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.time.Duration;
import java.util.function.Function;

/** Requests that somebody waits for: short, and tried again by whoever waits rather than by the client. */
record ClusterRequests(KubernetesClient client) {
    static final int CONFLICT = 409;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final RequestConfig SHORT = new RequestConfigBuilder()
            .withRequestTimeout((int) TIMEOUT.toMillis())
            .withRequestRetryBackoffLimit(0)
            .build();

    /** Throws what Fabric8 throws. */
    <T> T call(Function<KubernetesClient, T> request) {
        return client.adapt(NamespacedKubernetesClient.class)
                .withRequestConfig(SHORT)
                .call(request::apply);
    }

    /** What went wrong, in one line without what was sent. */
    String describe(KubernetesClientException failure) {
        if (failure.getCode() > 0) {
            String message =
                    failure.getStatus() == null ? "" : failure.getStatus().getMessage();
            return "the API server answers " + failure.getCode() + (message == null ? "" : ": " + printable(message));
        }
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return "the API server " + client.getMasterUrl() + " cannot be reached: "
                + printable(String.valueOf(cause.getMessage()));
    }

    static String printable(String text) {
        String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() <= 250 ? plain : plain.substring(0, 250) + "...";
    }
}
