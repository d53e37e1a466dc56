package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.WorkloadTranslator.Surroundings;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.workload.Locality;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Derives the mesh from Kubernetes objects. A pure function: the same objects give the same state. */
public final class MeshDerivation {
    private static final String TOPOLOGY_NETWORK = "topology.istio.io/network";

    private final DerivationOptions options;

    public MeshDerivation(DerivationOptions options) {
        this.options = options;
    }

    /** The derived mesh, and what could not be used as it is written. */
    public record Derived(MeshState state, List<ObjectProblem> problems) {
        public Derived {
            problems = List.copyOf(problems);
        }
    }

    /** Objects that {@link ObjectChecks} rejects may be among them: they are left out, or, if policies, read closed. */
    public Derived derive(KubernetesObjects objects) {
        return new Run(objects).derive();
    }

    /** One derivation: the objects, indexed, and what has come of them so far. */
    private final class Run {
        private final KubernetesObjects objects;
        private final List<ObjectProblem> problems = new ArrayList<>();
        private final Map<String, Namespace> namespaces = new HashMap<>();
        private final Map<String, Locality> localities = new HashMap<>();
        private final PolicyDerivation policies;
        private final ServiceTranslator serviceTranslator;
        private final EndpointSliceTranslator sliceTranslator;
        private final WorkloadTranslator workloadTranslator;
        private final ServiceMembership membership;

        Run(KubernetesObjects all) {
            var sound = new SoundObjects(options.rootNamespace(), problems);
            this.objects = sound.among(all);
            objects.namespaces().forEach(namespace -> namespaces.put(Fields.name(namespace), namespace));
            objects.nodes().forEach(node -> localities.put(Fields.name(node), locality(node)));
            String network = network();
            this.serviceTranslator = new ServiceTranslator(options, network);
            this.sliceTranslator = new EndpointSliceTranslator(options, network, serviceTranslator);
            this.workloadTranslator = new WorkloadTranslator(options, network);
            this.membership = new ServiceMembership(objects, serviceTranslator);
            this.policies = new PolicyDerivation(objects, options.rootNamespace());
        }

        Derived derive() {
            Map<PolicyName, AuthorizationPolicy> allPolicies = policies.all();
            var state = new MeshState(workloads(), services(), allPolicies, podRecords());
            return new Derived(state, problems);
        }

        private Map<NamespacedHostname, MeshService> services() {
            Map<NamespacedHostname, MeshService> services = new LinkedHashMap<>();
            for (Service service : objects.services()) {
                String namespace = Fields.namespace(service);
                serviceTranslator
                        .translate(service, labels(namespace), annotations(namespace))
                        .ifPresent(translated -> services.put(translated.key(), translated));
            }
            return services;
        }

        private Map<WorkloadUid, Workload> workloads() {
            Map<WorkloadUid, Workload> workloads = new LinkedHashMap<>();
            Map<NetworkAddress, Workload> owners = new HashMap<>();
            for (Pod pod : objects.pods()) {
                workload(pod)
                        .filter(workload -> owns(pod, workload, owners))
                        .ifPresent(workload -> workloads.put(workload.uid(), workload));
            }
            for (EndpointSlice slice : objects.endpointSlices()) {
                membership
                        .serviceOf(slice)
                        .ifPresent(service -> sliceTranslator
                                .translate(slice, service)
                                .forEach(workload -> workloads.putIfAbsent(workload.uid(), workload)));
            }
            return workloads;
        }

        private Optional<Workload> workload(Pod pod) {
            String namespace = Fields.namespace(pod);
            return workloadTranslator.translate(
                    pod,
                    new Surroundings(
                            labels(namespace),
                            localities.getOrDefault(Pods.node(pod), Locality.UNKNOWN),
                            membership.of(pod),
                            policies.listedBy(namespace, Fields.labels(pod))));
        }

        /** Two pods with one address cannot be told apart: the first by namespace and name has it. */
        private boolean owns(Pod pod, Workload workload, Map<NetworkAddress, Workload> owners) {
            for (NetworkAddress address : workload.networkAddresses()) {
                Workload owner = owners.putIfAbsent(address, workload);
                if (owner != null) {
                    var findings = new Findings(ObjectKey.of(pod));
                    findings.reject(
                            FieldPath.of("status"),
                            "address " + address.ip() + " is already that of pod " + owner.namespace() + "/"
                                    + owner.name() + ": give each pod its own");
                    problems.addAll(findings.problems());
                    return false;
                }
            }
            return true;
        }

        private List<PodRecord> podRecords() {
            return objects.pods().stream()
                    .filter(pod -> !Pods.isFinished(pod))
                    .map(pod -> Pods.record(pod, options.trustDomain()))
                    .toList();
        }

        private Map<String, String> labels(String namespace) {
            Namespace object = namespaces.get(namespace);
            return object == null ? Map.of() : Fields.labels(object);
        }

        private Map<String, String> annotations(String namespace) {
            Namespace object = namespaces.get(namespace);
            return object == null ? Map.of() : Fields.annotations(object);
        }

        private String network() {
            return options.network().isEmpty()
                    ? labels(options.rootNamespace()).getOrDefault(TOPOLOGY_NETWORK, "")
                    : options.network();
        }
    }

    private static Locality locality(Node node) {
        Map<String, String> labels = Fields.labels(node);
        return new Locality(
                labels.getOrDefault("topology.kubernetes.io/region", ""),
                labels.getOrDefault("topology.kubernetes.io/zone", ""),
                labels.getOrDefault("topology.istio.io/subzone", ""));
    }
}
