package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Waypoint.Traffic;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.WaypointRequest;

/** Says what is wrong with the waypoint that a namespace asks for; once here, and not once per service. */
record NamespacePart(Rules rules, String name) implements Part.Of {

    @Override
    public Part answer(Reading reading) {
        var remarks = new Remarks(Keys.of("Namespace", "", name));
        Binding services = reading.read(new Bound(rules, name, WaypointRequest.NONE, Traffic.SERVICE, false));
        Binding workloads = reading.read(new Bound(rules, name, WaypointRequest.NONE, Traffic.WORKLOAD, false));
        boolean forWorkloadsOnly = workloads.waypoint().isPresent();
        services.failure()
                .filter(_ -> !forWorkloadsOnly)
                .ifPresent(failure -> remarks.warn(
                        FieldPath.of("metadata", "labels", "istio.io/use-waypoint"),
                        failure.message() + WaypointRemarks.consequence(services)));
        return Part.of(java.util.List.of(), java.util.List.of(), remarks);
    }
}
