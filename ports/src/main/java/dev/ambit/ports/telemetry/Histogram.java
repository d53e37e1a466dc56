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
            "source_canonical_revision"),
    DEBOUNCE(
            "pilot_debounce_time",
            "Delay in seconds between the first change that waits and the push of all that came with it",
            List.of(0.01, 0.1, 0.5, 1.0, 3.0, 5.0, 10.0, 20.0, 30.0)),
    PROXY_CONVERGENCE(
            "pilot_proxy_convergence_time",
            "Delay in seconds between config change and a proxy receiving all required configuration",
            List.of(0.001, 0.01, 0.1, 0.5, 1.0, 3.0, 5.0, 10.0, 20.0, 30.0)),
    XDS_PUSH_TIME(
            "pilot_xds_push_time",
            "Total time in seconds Pilot takes to push, by type",
            List.of(0.001, 0.01, 0.1, 0.5, 1.0, 3.0, 5.0, 10.0, 20.0, 30.0),
            "type"),
    XDS_CONFIG_SIZE(
            "pilot_xds_config_size_bytes",
            "Distribution of configuration sizes pushed to clients, by type",
            List.of(1.0, 10_000.0, 1_000_000.0, 4_000_000.0, 10_000_000.0, 40_000_000.0),
            "type");

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
