package dev.ambit.adapters.telemetry;

import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.telemetry.FlowTelemetry;
import dev.ambit.ports.telemetry.FlowTelemetryContract;
import java.util.Map;

final class PrometheusTelemetryContractTest extends FlowTelemetryContract {
    private final PrometheusTelemetry telemetry = new PrometheusTelemetry("ztunnel", "1.0");

    @Override
    protected FlowTelemetry telemetry() {
        return telemetry;
    }

    @Override
    protected Counts counts(FlowContext context, ResponseFlag flag) {
        Samples samples = Samples.parse(telemetry.scrape("").body());
        String workload = context.source().workload();
        var labels = Map.of(
                "reporter", context.reporter().label(), "source_workload", workload.isEmpty() ? "unknown" : workload);
        var flagged = Map.of(
                "reporter", context.reporter().label(),
                "source_workload", workload.isEmpty() ? "unknown" : workload,
                "response_flags", flag.label());
        return new Counts(
                (long) samples.sum("istio_tcp_connections_opened_total", labels),
                (long) samples.sum("istio_tcp_connections_closed_total", flagged),
                (long) samples.sum("istio_tcp_received_bytes_total", labels),
                (long) samples.sum("istio_tcp_sent_bytes_total", labels));
    }
}
