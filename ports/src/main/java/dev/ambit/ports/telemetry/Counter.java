package dev.ambit.ports.telemetry;

import java.util.List;

/** Every counter of the mesh that does not count connections. Names are Istio's where Istio has the counter. */
public enum Counter {
    XDS_TERMINATIONS(
            "istio_xds_connection_terminations",
            "The total number of completed connections to xds server (unstable)",
            "reason"),
    XDS_MESSAGES("istio_xds_message", "Total number of messages received (unstable)", "url"),
    XDS_MESSAGE_BYTES("istio_xds_message_bytes", "Total number of bytes received (unstable)", "url"),
    DNS_REQUESTS(
            "istio_dns_requests",
            "Total number of DNS requests (unstable)",
            "request_query_type",
            "request_protocol",
            "source_canonical_service",
            "source_canonical_revision"),
    DNS_UPSTREAM_REQUESTS(
            "istio_dns_upstream_requests",
            "Total number of DNS requests forwarded to upstream (unstable)",
            "request_query_type",
            "request_protocol",
            "source_canonical_service",
            "source_canonical_revision"),
    DNS_UPSTREAM_FAILURES(
            "istio_dns_upstream_failures",
            "Total number of DNS requests that failed to forward upstream (unstable)",
            "request_query_type",
            "request_protocol",
            "source_canonical_service",
            "source_canonical_revision"),
    ON_DEMAND_DNS(
            "istio_on_demand_dns",
            "The total number of requests that used on-demand DNS (unstable)",
            "source_workload",
            "source_canonical_service",
            "source_canonical_revision",
            "source_workload_namespace",
            "source_principal",
            "source_app",
            "source_version",
            "source_cluster",
            "hostname"),
    CRL_REJECTIONS(
            "istio_crl_policy_rejections",
            "The total number of connections rejected due to CRL certificate revocation (unstable)",
            "reporter"),
    CRL_UNTRACKED(
            "istio_crl_untracked_connections",
            "The total number of connections not tracked for CRL enforcement (unstable)",
            "reporter"),
    XDS_REJECTED_RESOURCES("ambit_xds_rejected_resources", "Resources this proxy could not use, by type URL", "url"),
    NAMES_ASKED(
            "ambit_xds_names_asked",
            "Names that connections rested on and were asked of the control plane, by its answer",
            "answer"),
    STATUS_WRITES("ambit_status_writes", "Statuses written to objects of the API server, by outcome", "outcome"),
    XDS_PUSHES("pilot_xds_pushes", "Discovery responses sent, by type", "type"),
    XDS_REJECTS(
            "pilot_total_xds_rejects", "Total number of XDS responses from pilot rejected by proxy, by type", "type"),
    XDS_EXPIRED_NONCES("pilot_xds_expired_nonce", "Total number of XDS requests with an expired nonce", "type"),
    PROXIES_STARTED("workload_manager_proxies_started", "The total number of proxies that were started (unstable)"),
    PROXIES_STOPPED("workload_manager_proxies_stopped", "The total number of proxies that were stopped (unstable)"),
    LIVE_FLOWS_ENDED(
            "ambit_live_connections_ended",
            "Connections ended because the mesh changed under them, by reason",
            "reason"),
    SAME_NODE_CONNECTIONS(
            "ambit_same_node_connections",
            "Connections to pods of this node that took no tunnel, counted where they begin"),
    LIMIT_REFUSALS(
            "ambit_limit_refusals",
            "Connections refused because a workload or the node has as many as it may, by workload and limit",
            "namespace",
            "pod",
            "limit"),
    TRANSPORT_STRAINS(
            "ambit_transport_strains",
            "Seconds in which the data plane refused or ended connections of a pod for want of something, by what",
            "of"),
    CERTIFICATE_REQUESTS("ambit_certificate_requests", "Certificates asked for, by outcome", "outcome"),
    PREFETCHES_DROPPED(
            "ambit_certificate_prefetches_dropped", "Certificates not fetched ahead because too many were waiting"),
    TUNNELS_REPLACED(
            "ambit_tunnels_replaced",
            "Tunnels drained because a root or an identity under them changed, by reporter and reason",
            "reporter",
            "reason"),
    CSRS("citadel_server_csr_count", "The number of CSRs received by Citadel server"),
    CSR_AUTHENTICATION_FAILURES("citadel_server_authentication_failure_count", "The number of authentication failures"),
    CSR_PARSING_ERRORS("citadel_server_csr_parsing_err_count", "The number of errors occurred when parsing the CSR"),
    CSR_SIGN_ERRORS("citadel_server_csr_sign_err_count", "The number of errors occurred when signing the CSR", "error"),
    CSR_SUCCESSES(
            "citadel_server_success_cert_issuance_count", "The number of certificates issuances that have succeeded"),
    CERTIFICATES_ISSUED("ambit_certificates_issued", "Certificates signed or refused, by outcome", "outcome"),
    ENROLMENTS("ambit_enrolments", "Pods enrolled, removed or failed, by outcome", "outcome"),
    WAYPOINT_DEPLOYMENTS("ambit_waypoint_deployments", "What became of Gateways, by outcome", "outcome"),
    DEBUG_REQUESTS("ambit_debug_requests", "Looks into the control plane, by way and outcome", "way", "outcome"),
    REMOTE_SECRET_EVENTS("remote_cluster_secret_events", "Number of remote cluster secret events", "event"),
    REMOTE_CLUSTER_TIMEOUTS(
            "remote_cluster_sync_timeouts",
            "Number of times remote clusters took too long to sync, causing slow startup that excludes remote clusters"),
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

    /** The Prometheus name; {@code _total} is added unless {@link #isBare}. */
    public String metric() {
        return metric;
    }

    /** Whether the name is complete: istiod's are from before OpenMetrics, and dashboards ask for them. */
    public boolean isBare() {
        return metric.startsWith("citadel_") || metric.startsWith("pilot_");
    }

    /** One sentence without its full stop. */
    public String help() {
        return help;
    }

    public List<String> labels() {
        return labels;
    }
}
