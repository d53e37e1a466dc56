package dev.ambit.adapters.telemetry;

import dev.ambit.adapters.telemetry.log.LogLine;
import dev.ambit.adapters.telemetry.log.LogOutput;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.Party;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.ports.telemetry.FlowPath;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line per connection under the target {@code access}, with Istio's fields in Istio's order; a refusal adds two of ours,
 * and a connection that took no tunnel within the node one, at the end. The logger of that name only says which levels are wanted: lines go to the output as bytes.
 */
final class AccessLog {
    private static final String TARGET = "access";
    private static final Logger LOG = LoggerFactory.getLogger(TARGET);

    private final LogOutput output;

    AccessLog(LogOutput output) {
        this.output = output;
    }

    void opened(FlowContext context) {
        if (LOG.isDebugEnabled()) {
            LogLine line = output.line("debug", TARGET, "connection opened");
            addContext(line, context);
            line.end();
        }
    }

    void closed(FlowReport report, FlowPath path) {
        String error = error(report.outcome());
        boolean enabled = error.isEmpty() ? LOG.isInfoEnabled() : LOG.isErrorEnabled();
        if (!enabled) {
            return;
        }
        LogLine line = output.line(error.isEmpty() ? "info" : "error", TARGET, "connection complete");
        addContext(line, report.context());
        // "sent" is what this side's peer got: the request at the source, the response at the destination.
        boolean source = report.context().reporter() == Reporter.SOURCE;
        line.number("bytes_sent", source ? report.received() : report.sent());
        line.number("bytes_recv", source ? report.sent() : report.received());
        line.millis("duration", report.duration().toMillis());
        line.text("error", error);
        line.text("path", path == FlowPath.SAME_NODE ? "same-node" : "");
        if (report.outcome() instanceof FlowOutcome.Refused(RefusalReason reason)) {
            line.text("reason", reason.word().label());
            line.text("why", reason.why());
        }
        line.end();
    }

    void rejected(Reporter reporter, IpPort client, IpPort local, String error) {
        if (LOG.isWarnEnabled()) {
            output.line("warn", TARGET, "connection failed")
                    .token("src.addr", client.toString())
                    .token("dst.addr", local.toString())
                    .text("direction", reporter.direction())
                    .text("error", error)
                    .end();
        }
    }

    private static void addContext(LogLine line, FlowContext context) {
        Party source = context.source();
        line.token("src.addr", context.client().toString());
        line.text("src.workload", name(source));
        line.text("src.namespace", source.namespace());
        line.text("src.identity", context.mutualTls() ? source.identity() : "");
        line.text("src.cluster", source.cluster());
        Party destination = context.destination();
        line.token("dst.addr", context.target().toString());
        line.token("dst.hbone_addr", context.hboneAuthority());
        line.text("dst.service", context.service().hostname());
        line.text("dst.workload", name(destination));
        line.text("dst.namespace", destination.namespace());
        line.text("dst.identity", context.mutualTls() ? destination.identity() : "");
        line.text("dst.cluster", destination.cluster());
        line.text("direction", context.reporter().direction());
    }

    private static String name(Party party) {
        return party.pod().isEmpty() ? party.canonicalService() : party.pod();
    }

    private static String error(FlowOutcome outcome) {
        return switch (outcome) {
            case FlowOutcome.Completed _ -> "";
            case FlowOutcome.Refused(var reason) -> reason.message();
            case FlowOutcome.Failed(var flag, var message) -> message.isEmpty() ? flag.label() : message;
        };
    }
}
