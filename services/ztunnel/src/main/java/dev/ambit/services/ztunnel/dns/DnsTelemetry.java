package dev.ambit.services.ztunnel.dns;

import dev.ambit.domain.dns.DnsProtocol;
import dev.ambit.domain.dns.DnsQuestion;
import dev.ambit.domain.dns.RecordType;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Histogram;
import dev.ambit.ports.telemetry.Meter;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts questions, and says on the logger {@code dns} what became of each. */
final class DnsTelemetry {
    private static final Logger LOG = LoggerFactory.getLogger("dns");
    private static final String UNKNOWN = "unknown";

    private final Meter meter;

    DnsTelemetry(Meter meter) {
        this.meter = meter;
    }

    private static String[] labels(DnsQuestion question, DnsProtocol protocol, Optional<Workload> source) {
        return new String[] {
            RecordType.label(question.type()),
            protocol.label(),
            known(source.map(workload -> workload.canonical().name()).orElse("")),
            known(source.map(workload -> workload.canonical().revision()).orElse(""))
        };
    }

    private static String known(String value) {
        return value.isEmpty() ? UNKNOWN : value;
    }

    void asked(DnsQuestion question, DnsProtocol protocol, Optional<Workload> source) {
        meter.increment(Counter.DNS_REQUESTS, labels(question, protocol, source));
    }

    void forwarded(
            DnsQuestion question, DnsProtocol protocol, Optional<Workload> source, Duration took, boolean failed) {
        String[] labels = labels(question, protocol, source);
        meter.increment(Counter.DNS_UPSTREAM_REQUESTS, labels);
        meter.observe(Histogram.DNS_UPSTREAM_DURATION, took.toNanos() / 1e9, labels);
        if (failed) {
            meter.increment(Counter.DNS_UPSTREAM_FAILURES, labels);
        }
    }

    /** One line per question, with Istio's fields. */
    void answered(PodRef pod, DnsQuestion question, String result, int answers) {
        LOG.debug(
                "dns\tsrc.workload=\"{}\" src.namespace=\"{}\" query=\"{}\" domain=\"{}\" result=\"{}\" endpoints={}",
                pod.name(),
                pod.namespace(),
                RecordType.label(question.type()),
                question.name(),
                result,
                answers);
    }

    void refused(PodRef pod, String why) {
        LOG.debug("dns\tsrc.workload=\"{}\" src.namespace=\"{}\" result=\"{}\"", pod.name(), pod.namespace(), why);
    }

    /** A name server that leads back to the pod is a mistake that somebody has to mend. */
    void looped(PodRef pod, DnsQuestion question) {
        LOG.warn(
                "a question of ours came back to us: is redirection told to leave marked packets alone?\tpod={} domain=\"{}\"",
                pod,
                question.name());
    }
}
