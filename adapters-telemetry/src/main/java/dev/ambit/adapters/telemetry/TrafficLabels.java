package dev.ambit.adapters.telemetry;

import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.Party;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.domain.flow.ServiceParty;

/**
 * The labels of one series of Istio's TCP metrics, without the response flag. The pod is left out: labels name workloads, and
 * a series per pod would grow for ever.
 */
record TrafficLabels(Reporter reporter, End source, End destination, ServiceParty service, boolean mutualTls) {
    static final int VALUE_LENGTH_MAX = 256;

    /** Stands for connections that can have no series of their own. */
    static TrafficLabels overflow(Reporter reporter) {
        return new TrafficLabels(reporter, End.UNKNOWN, End.UNKNOWN, ServiceParty.UNKNOWN, false);
    }

    static TrafficLabels of(FlowContext context) {
        ServiceParty service = context.service();
        return new TrafficLabels(
                context.reporter(),
                End.of(context.source()),
                End.of(context.destination()),
                new ServiceParty(bounded(service.hostname()), bounded(service.name()), bounded(service.namespace())),
                context.mutualTls());
    }

    /**
     * What labels say about one end; empty means unknown.
     *
     * @param app the canonical service, or of an end known only from baggage the workload: as Istio has it
     */
    record End(
            boolean known,
            String workload,
            String canonicalService,
            String canonicalRevision,
            String namespace,
            String principal,
            String app,
            String cluster,
            String region,
            String zone) {
        static final End UNKNOWN = new End(false, "", "", "", "", "", "", "", "", "");

        static End of(Party party) {
            boolean fromBaggage = party.pod().isEmpty() && !party.workload().isEmpty();
            String canonical = bounded(party.canonicalService());
            String workload = bounded(party.workload());
            return new End(
                    !party.workload().isEmpty()
                            || !party.namespace().isEmpty()
                            || !party.pod().isEmpty(),
                    workload,
                    canonical,
                    bounded(party.canonicalRevision()),
                    bounded(party.namespace()),
                    bounded(party.identity()),
                    fromBaggage ? workload : canonical,
                    bounded(party.cluster()),
                    bounded(party.locality().region()),
                    bounded(party.locality().zone()));
        }
    }

    /** Adds the labels of one sample, in Istio's order. Regions and zones appear together, if either end is known. */
    ExpositionText addTo(ExpositionText text, ResponseFlag flag) {
        text.label("reporter", reporter.label())
                .label("source_workload", orUnknown(source.workload))
                .label("source_canonical_service", orUnknown(source.canonicalService))
                .label("source_canonical_revision", orUnknown(source.canonicalRevision))
                .label("source_workload_namespace", orUnknown(source.namespace))
                .label("source_principal", orUnknown(source.principal))
                .label("source_app", orUnknown(source.app))
                .label("source_version", orUnknown(source.canonicalRevision))
                .label("source_cluster", orUnknown(source.cluster))
                .label("destination_service", orUnknown(service.hostname()))
                .label("destination_service_namespace", orUnknown(service.namespace()))
                .label("destination_service_name", orUnknown(service.name()))
                .label("destination_workload", orUnknown(destination.workload))
                .label("destination_canonical_service", orUnknown(destination.canonicalService))
                .label("destination_canonical_revision", orUnknown(destination.canonicalRevision))
                .label("destination_workload_namespace", orUnknown(destination.namespace))
                .label("destination_principal", orUnknown(destination.principal))
                .label("destination_app", orUnknown(destination.app))
                .label("destination_version", orUnknown(destination.canonicalRevision))
                .label("destination_cluster", orUnknown(destination.cluster))
                .label("request_protocol", "tcp")
                .label("response_flags", flag.label())
                .label("connection_security_policy", mutualTls ? "mutual_tls" : "unknown");
        if (source.known || destination.known) {
            text.label("source_region", orUnknown(source.region))
                    .label("source_zone", orUnknown(source.zone))
                    .label("destination_region", orUnknown(destination.region))
                    .label("destination_zone", orUnknown(destination.zone));
        }
        return text;
    }

    private static String orUnknown(String value) {
        return value.isEmpty() ? "unknown" : value;
    }

    static String bounded(String value) {
        return value.length() <= VALUE_LENGTH_MAX ? value : value.substring(0, VALUE_LENGTH_MAX);
    }
}
