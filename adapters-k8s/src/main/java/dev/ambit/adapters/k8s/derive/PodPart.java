package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Members.AddressClaim;
import dev.ambit.adapters.k8s.derive.Waypoint.Traffic;
import dev.ambit.adapters.k8s.derive.WaypointNamed.Found;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.FieldPath;
import dev.ambit.adapters.k8s.translate.ObjectFacts.NodeFacts;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.PodFacts;
import dev.ambit.adapters.k8s.translate.SliceFacts;
import dev.ambit.adapters.k8s.translate.SliceFacts.PodTarget;
import dev.ambit.adapters.k8s.translate.WaypointRequest;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.workload.ApplicationTunnel;
import dev.ambit.domain.workload.Locality;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The workload that a pod is: nothing before it has an address, and nothing after it has finished. */
record PodPart(Rules rules, String namespace, String name) implements Part.Of {

    @Override
    public Part answer(Reading reading) {
        Optional<PodFacts> found = reading.read(Named.pod(namespace, name));
        if (found.isEmpty() || found.get().finished()) {
            return Part.NOTHING;
        }
        PodFacts pod = found.get();
        var remarks = new Remarks(Keys.of("Pod", namespace, name));
        boolean addressed = !pod.addresses().isEmpty() && ownsAddresses(reading, pod, remarks);
        List<Workload> workloads = addressed ? List.of(workload(reading, pod, remarks)) : List.of();
        return new Part(
                workloads, List.of(), List.of(), List.of(pod.record()), remarks.problems(), remarks.conditions());
    }

    /** Two pods with one address cannot be told apart. */
    private static boolean ownsAddresses(Reading reading, PodFacts pod, Remarks remarks) {
        if (pod.hostNetwork()) {
            return true;
        }
        for (IpAddress ip : pod.addresses()) {
            List<AddressClaim> claims = reading.read(Members.podsAt(ip));
            if (claims.size() > 1) {
                ObjectKey owner = claims.getFirst().key();
                if (!owner.namespace().equals(pod.namespace()) || !owner.name().equals(pod.name())) {
                    remarks.reject(
                            FieldPath.of("status"),
                            "address " + ip + " is already that of pod " + owner.namespace() + "/" + owner.name()
                                    + ": give each pod its own");
                    return false;
                }
            }
        }
        return true;
    }

    private Workload workload(Reading reading, PodFacts pod, Remarks remarks) {
        Surroundings.Known around = reading.read(new Surroundings(rules, namespace));
        List<Target> targets = Backed.services(rules, reading, namespace, pod.labels());
        if (rules.options().features().entriesSelectPods()) {
            targets.addAll(Backed.entries(rules, reading, namespace, pod.labels()));
        }
        Map<NamespacedHostname, PortMap> services = new HashMap<>();
        for (Target target : targets) {
            PortMap ports = PortMaps.ofPod(target, pod.ports());
            target.keys().forEach(key -> services.putIfAbsent(key, ports));
        }
        if (around.slicedPods().contains(name)) {
            addSliced(reading, pod, services);
        }
        String gateway = pod.labels().getOrDefault(Claims.GATEWAY_NAME, "");
        WaypointRequest own = WaypointRequest.ofLabels(pod.labels());
        Binding binding = gateway.isEmpty() ? binding(reading, around, own) : Binding.NONE;
        WaypointRemarks.ofPod(binding, own, remarks);
        var policies = new ArrayList<PolicyName>(Listed.of(rules, reading, namespace, pod.labels()));
        policies.addAll(GatewayPolicies.of(rules, reading, binding, targets));
        return Workload.builder(WorkloadUid.ofPod(rules.options().clusterId(), namespace, name), namespace, name)
                .trustDomain(rules.options().trustDomain())
                .serviceAccount(pod.record().ref().serviceAccount())
                .addresses(pod.addresses())
                .network(around.network())
                .networkMode(pod.hostNetwork() ? NetworkMode.HOST_NETWORK : NetworkMode.STANDARD)
                .networkGateway(around.networkGateway())
                .node(pod.record().node())
                .clusterId(rules.options().clusterId())
                .tunnelProtocol(pod.tunnel().protocol())
                .nativeTunnel(pod.tunnel().isNative())
                .applicationTunnel(tunnel(reading, gateway))
                .canonical(pod.canonical())
                .workloadName(pod.workloadName())
                .locality(reading.read(Named.node(pod.record().node()))
                        .map(NodeFacts::locality)
                        .orElse(Locality.UNKNOWN))
                .health(pod.health())
                .services(services)
                .policies(policies)
                .waypoint(binding.reference())
                .build();
    }

    private Binding binding(Reading reading, Surroundings.Known around, WaypointRequest own) {
        return own.equals(WaypointRequest.NONE)
                ? around.binding()
                : reading.read(new Bound(rules, namespace, own, Traffic.WORKLOAD, false));
    }

    /** A pod of a waypoint may speak another protocol than HBONE to the node proxy in front of it. */
    private ApplicationTunnel tunnel(Reading reading, String gateway) {
        return !gateway.isEmpty()
                        && reading.read(new WaypointNamed(rules, namespace, gateway))
                                instanceof Found.Ready(Waypoint waypoint)
                ? waypoint.tunnel()
                : ApplicationTunnel.ABSENT;
    }

    /** Services without a selector, to which somebody added this very pod. */
    private void addSliced(Reading reading, PodFacts pod, Map<NamespacedHostname, PortMap> services) {
        for (ObjectKey key : reading.read(Members.slicesOf(namespace, name))) {
            Optional<SliceFacts> slice = reading.read(Named.slice(key.namespace(), key.name()))
                    .filter(each -> each.pods().stream().anyMatch(target -> isMeant(target, pod)));
            if (slice.isPresent()) {
                reading.read(Named.service(namespace, slice.get().service()))
                        .filter(service -> service.selector().isEmpty() && Sharing.counts(rules, reading, service))
                        .ifPresent(service -> services.putIfAbsent(
                                new NamespacedHostname(
                                        namespace, rules.options().hostname(service.name(), namespace)),
                                PortMaps.ofSlice(service.ports(), slice.get().ports())));
            }
        }
    }

    /** A uid that is another one's was that of an earlier pod of the same name. */
    private static boolean isMeant(PodTarget target, PodFacts pod) {
        return target.name().equals(pod.name())
                && (target.uid().isEmpty()
                        || pod.uid().isEmpty()
                        || target.uid().equals(pod.uid()));
    }
}
