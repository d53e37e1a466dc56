package dev.ambit.ports.telemetry;

import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.ResponseFlag;

final class RecordingTelemetryTest extends FlowTelemetryContract {
    private final RecordingTelemetry telemetry = new RecordingTelemetry();

    @Override
    protected FlowTelemetry telemetry() {
        return telemetry;
    }

    @Override
    protected Counts counts(FlowContext context, ResponseFlag flag) {
        var reports = telemetry.closed().stream()
                .filter(report ->
                        report.context().equals(context) && report.outcome().flag() == flag)
                .toList();
        return new Counts(
                telemetry.opened().stream().filter(context::equals).count(),
                reports.size(),
                reports.stream().mapToLong(FlowReport::received).sum() + telemetry.receivedSoFar(context),
                reports.stream().mapToLong(FlowReport::sent).sum() + telemetry.sentSoFar(context));
    }
}
