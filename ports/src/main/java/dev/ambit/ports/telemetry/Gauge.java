package dev.ambit.ports.telemetry;

/** Every gauge of the mesh. */
public enum Gauge {
    ACTIVE_PROXIES(
            "workload_manager_active_proxy_count", "The total number current workloads with active proxies (unstable)"),
    PENDING_PROXIES(
            "workload_manager_pending_proxy_count",
            "The total number current workloads with pending proxies (unstable)"),
    WORKLOADS("ambit_workloads", "Workloads known"),
    SERVICES("ambit_services", "Services known"),
    POLICIES("ambit_policies", "Authorization policies known"),
    NAMES_HELD("ambit_xds_names_held", "Names this proxy has asked the control plane for and follows"),
    CERTIFICATES("ambit_certificates", "Workload certificates held"),
    LIVE_TUNNELS("ambit_live_tunnels", "HBONE tunnels that are open, and connections within the node, at either end"),
    LIVE_FLOWS("ambit_live_flows", "Connections being carried"),
    ENDING_FLOWS("ambit_live_connections_ending", "Connections that wait to be ended because the mesh changed"),
    LIMITED_CONNECTIONS("ambit_connections_held", "Connections of all workloads that count against the node's limit"),
    GREEDIEST_WORKLOAD("ambit_connections_held_by_greediest", "Connections of the workload that holds most"),
    SUBSCRIBERS("pilot_xds", "Number of endpoints connected to this pilot using XDS"),
    SUBSCRIBERS_BEHIND(
            "ambit_xds_subscribers_behind", "Proxies that have not answered a discovery response for ten seconds"),
    ROOT_EXPIRY(
            "citadel_server_root_cert_expiry_timestamp",
            "The unix timestamp, in seconds, when Citadel root cert will expire"),
    ROTATION_STAGE(
            "ambit_ca_rotation_stage",
            "Where the replacement of the root stands: 0 none, 1 the next root is handed out, 2 the old root retires"),
    ROTATION_STAGE_END(
            "ambit_ca_rotation_stage_end_timestamp",
            "The unix timestamp, in seconds, when this stage of the replacement of the root may end; 0 without one"),
    AUTHORITY_IMPEDED("ambit_ca_impeded", "1 while the certificate authority cannot sign"),
    STRANGERS("ambit_certificate_strangers", "Certificate requests that wait for somebody to tell who makes them"),
    START_WAITS("ambit_start_waits", "1 while the control plane waits for what it cannot start without"),
    CONFIGURATION_PROBLEMS("ambit_configuration_problems", "Things in the configuration that could not be used"),
    REMOTE_CLUSTERS("ambit_remote_clusters", "Other clusters that Secrets name and that are followed"),
    REMOTE_CLUSTERS_ANSWERING(
            "ambit_remote_clusters_answering", "Those of which everything has arrived and that answer now"),
    NODE_PROXIES("ambit_node_proxies_connected", "Node proxies connected to this node agent"),
    ENROLLED_PODS("ambit_enrolled_pods", "Pods of this node that are in the mesh");

    private final String metric;
    private final String help;

    Gauge(String metric, String help) {
        this.metric = metric;
        this.help = help;
    }

    public String metric() {
        return metric;
    }

    /** One sentence without its full stop. */
    public String help() {
        return help;
    }
}
