package dev.ambit.ports.telemetry;

/** What is measured of every workload of a node. */
public enum WorkloadGauge {
    CONNECTIONS("ambit_workload_connections", "Connections that a workload of this node holds"),
    TOKENS("ambit_workload_connection_tokens", "New connections that a workload of this node could open at once"),
    SOCKETS("ambit_workload_sockets", "Sockets open for a workload of this node"),
    BUFFERED_BYTES(
            "ambit_workload_buffered_bytes", "Bytes of a workload of this node that were read and not yet written on");

    private final String metric;
    private final String help;

    WorkloadGauge(String metric, String help) {
        this.metric = metric;
        this.help = help;
    }

    /** The name; the labels are {@code namespace} and {@code pod}. */
    public String metric() {
        return metric;
    }

    /** One sentence without its full stop. */
    public String help() {
        return help;
    }

    /** One workload's value. */
    public record Reading(String namespace, String pod, long value) {}
}
