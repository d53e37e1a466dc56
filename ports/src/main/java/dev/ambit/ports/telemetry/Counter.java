package dev.ambit.ports.telemetry;

import java.util.List;

/** Every counter of the mesh that does not count connections. Names are Istio's where Istio has the counter. */
public enum Counter {
    XDS_MESSAGES("istio_xds_message", "Discovery responses received, by type URL", "url"),
    XDS_MESSAGE_BYTES("istio_xds_message_bytes", "Bytes of discovery responses received, by type URL", "url"),
    XDS_TERMINATIONS("istio_xds_connection_terminations", "Discovery streams that ended, by reason", "reason"),
    XDS_REJECTED_RESOURCES("ambit_xds_rejected_resources", "Resources this proxy could not use, by type URL", "url"),
    XDS_PUSHES("ambit_xds_pushes", "Discovery responses sent, by type URL", "url"),
    XDS_NACKS("ambit_xds_nacks", "Discovery responses that a proxy rejected in part, by type URL", "url"),
    PROXIES_STARTED("workload_manager_proxies_started", "Pods this node proxy began to serve"),
    PROXIES_STOPPED("workload_manager_proxies_stopped", "Pods this node proxy ceased to serve"),
    CERTIFICATE_REQUESTS("ambit_certificate_requests", "Certificates asked for, by outcome", "outcome"),
    CERTIFICATES_ISSUED("ambit_certificates_issued", "Certificates signed or refused, by outcome", "outcome"),
    ENROLMENTS("ambit_enrolments", "Pods enrolled, removed or failed, by outcome", "outcome"),
    CONFIGURATION_PUSHES("ambit_configuration_changes", "Changes derived from the configuration, by kind", "kind");

    private final String metric;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // List.of cannot change
    private final List<String> labels;

    Counter(String metric, String help, String... labels) {
        this.metric = metric;
        this.help = help;
        this.labels = List.of(labels);
    }

    /** The Prometheus name without {@code _total}. */
    public String metric() {
        return metric;
    }

    public String help() {
        return help;
    }

    public List<String> labels() {
        return labels;
    }
}
