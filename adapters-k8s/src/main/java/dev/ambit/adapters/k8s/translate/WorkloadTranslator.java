package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.enrolment.Enrolment;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.workload.CanonicalService;
import dev.ambit.domain.workload.Health;
import dev.ambit.domain.workload.Locality;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Pod to workload. */
final class WorkloadTranslator {
    private static final String NATIVE_TUNNEL = "networking.istio.io/tunnel";
    private static final List<String> CANONICAL_NAMES =
            List.of("service.istio.io/canonical-name", "app.kubernetes.io/name", "app");
    private static final List<String> CANONICAL_REVISIONS =
            List.of("service.istio.io/canonical-revision", "app.kubernetes.io/version", "version");
    private static final String WORKLOAD_NAME = "service.istio.io/workload-name";
    private static final String POD_TEMPLATE_HASH = "pod-template-hash";
    /** A CronJob names its Jobs by appending the minute they were due. */
    private static final Pattern CRON_JOB = Pattern.compile("(.+)-\\d{8,11}");

    private final DerivationOptions options;
    private final String network;
    private final WaypointLabels waypoints;

    WorkloadTranslator(DerivationOptions options, String network) {
        this.options = options;
        this.network = network;
        this.waypoints = new WaypointLabels(options);
    }

    /** A pod's surroundings, as far as they make part of its workload. */
    record Surroundings(
            Map<String, String> namespaceLabels,
            Locality locality,
            Map<NamespacedHostname, PortMap> services,
            List<PolicyName> policies) {}

    /** Empty for a pod without an address and for one that has finished. */
    Optional<Workload> translate(Pod pod, Surroundings surroundings) {
        var addresses = Pods.addresses(pod);
        if (addresses.isEmpty() || Pods.isFinished(pod)) {
            return Optional.empty();
        }
        String namespace = Fields.namespace(pod);
        String name = Fields.name(pod);
        boolean nativeTunnel = "http".equals(Fields.labels(pod).get(NATIVE_TUNNEL));
        boolean captured = "enabled".equals(Fields.annotations(pod).get(Enrolment.REDIRECTION));
        String workloadName = workloadName(pod);
        return Optional.of(Workload.builder(WorkloadUid.ofPod(options.clusterId(), namespace, name), namespace, name)
                .trustDomain(options.trustDomain())
                .serviceAccount(Pods.serviceAccount(pod))
                .addresses(addresses)
                .network(network)
                .networkMode(Pods.usesHostNetwork(pod) ? NetworkMode.HOST_NETWORK : NetworkMode.STANDARD)
                .node(Pods.node(pod))
                .clusterId(options.clusterId())
                .tunnelProtocol(nativeTunnel || captured ? TunnelProtocol.HBONE : TunnelProtocol.NONE)
                .nativeTunnel(nativeTunnel)
                .canonical(canonical(Fields.labels(pod), workloadName))
                .workloadName(workloadName)
                .locality(surroundings.locality())
                .health(health(pod))
                .services(surroundings.services())
                .policies(surroundings.policies())
                .waypoint(waypoints.reference(pod, surroundings.namespaceLabels()))
                .build());
    }

    /** Ready is what the condition says; a manifest without conditions is taken for a running, ready pod. */
    private static Health health(Pod pod) {
        if (!Fields.text(Fields.metadata(pod).getDeletionTimestamp()).isEmpty()) {
            return Health.UNHEALTHY;
        }
        List<PodCondition> conditions = Fields.list(Pods.status(pod).getConditions());
        if (conditions.isEmpty()) {
            String phase = Pods.phase(pod);
            return phase.isEmpty() || phase.equals("Running") ? Health.HEALTHY : Health.UNHEALTHY;
        }
        boolean ready = conditions.stream()
                .anyMatch(condition -> "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
        return ready ? Health.HEALTHY : Health.UNHEALTHY;
    }

    private static CanonicalService canonical(Map<String, String> labels, String workloadName) {
        return new CanonicalService(
                firstLabel(labels, CANONICAL_NAMES).orElse(workloadName),
                firstLabel(labels, CANONICAL_REVISIONS).orElse("latest"));
    }

    private static Optional<String> firstLabel(Map<String, String> labels, List<String> keys) {
        return keys.stream()
                .map(key -> labels.getOrDefault(key, ""))
                .filter(value -> !value.isEmpty())
                .findFirst();
    }

    /** The label, else the owner's name without what a controller appended, else the pod's own name. */
    private static String workloadName(Pod pod) {
        Map<String, String> labels = Fields.labels(pod);
        String labelled = labels.getOrDefault(WORKLOAD_NAME, "");
        if (!labelled.isEmpty()) {
            return labelled;
        }
        return Fields.list(Fields.metadata(pod).getOwnerReferences()).stream()
                .filter(owner -> Fields.isTrue(owner.getController()))
                .findFirst()
                .map(owner -> ownerName(owner, labels))
                .orElseGet(() -> Fields.name(pod));
    }

    private static String ownerName(OwnerReference owner, Map<String, String> labels) {
        String name = Fields.text(owner.getName());
        return switch (Fields.text(owner.getKind())) {
            case "ReplicaSet" -> {
                String suffix = "-" + labels.getOrDefault(POD_TEMPLATE_HASH, "");
                yield suffix.length() > 1 && name.endsWith(suffix)
                        ? name.substring(0, name.length() - suffix.length())
                        : name;
            }
            case "Job" -> {
                Matcher cron = CRON_JOB.matcher(name);
                yield cron.matches() ? cron.group(1) : name;
            }
            default -> name;
        };
    }
}
