package dev.ambit.ports.telemetry;

import java.util.List;

/** Every distribution the mesh measures. Names and bounds are Istio's. */
public enum Histogram {
    DNS_UPSTREAM_DURATION(
            "istio_dns_upstream_request_duration_seconds",
            "Total time in seconds Istio takes to get DNS response from upstream (unstable)",
            List.of(0.0005, 0.001, 0.01, 0.1, 1.0, 5.0),
            "request_query_type",
            "request_protocol",
            "source_canonical_service",
            "source_canonical_revision");

    private final String metric;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // List.of cannot change
    private final List<Double> bounds;

    @SuppressWarnings("ImmutableEnumChecker") // List.of cannot change
    private final List<String> labels;

    Histogram(String metric, String help, List<Double> bounds, String... labels) {
        this.metric = metric;
        this.help = help;
        this.bounds = bounds;
        this.labels = List.of(labels);
    }

    public String metric() {
        return metric;
    }

    /** One sentence without its full stop. */
    public String help() {
        return help;
    }

    /** Upper bounds of the buckets, ascending, without the infinite one. */
    public List<Double> bounds() {
        return bounds;
    }

    public List<String> labels() {
        return labels;
    }
}
