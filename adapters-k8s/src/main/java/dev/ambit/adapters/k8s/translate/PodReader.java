package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.workload.CanonicalService;
import dev.ambit.domain.workload.Health;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Pod to {@link PodFacts}. */
final class PodReader {
    private static final String WORKLOAD_NAME = "service.istio.io/workload-name";
    private static final String POD_TEMPLATE_HASH = "pod-template-hash";
    private static final String ROLLOUTS_HASH = "rollouts-pod-template-hash";
    /** A CronJob names its Jobs by appending the minute they were due. */
    private static final Pattern CRON_JOB = Pattern.compile("(.+)-\\d{8,11}");

    private PodReader() {}

    static PodFacts read(Pod pod, TrustDomain trustDomain) {
        Map<String, String> labels = Fields.labels(pod);
        String workloadName = workloadName(pod);
        return new PodFacts(
                Pods.record(pod, trustDomain),
                Pods.writtenUid(pod),
                labels,
                Pods.addresses(pod),
                Pods.usesHostNetwork(pod),
                Pods.isFinished(pod),
                isTerminating(pod),
                Fields.created(pod),
                health(pod),
                Tunnel.of(labels, Fields.annotations(pod)),
                workloadName,
                canonical(labels, workloadName),
                namedPorts(pod));
    }

    private static boolean isTerminating(Pod pod) {
        return !Fields.text(Fields.metadata(pod).getDeletionTimestamp()).isEmpty();
    }

    /** Ready is what the condition says; a manifest without conditions is taken for a running, ready pod. */
    private static Health health(Pod pod) {
        if (isTerminating(pod)) {
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

    /** Istio's labels, then the usual ones, then the workload's own name. */
    static CanonicalService canonical(Map<String, String> labels, String workloadName) {
        return new CanonicalService(
                first(labels, workloadName, "service.istio.io/canonical-name", "app.kubernetes.io/name", "app"),
                first(labels, "latest", "service.istio.io/canonical-revision", "app.kubernetes.io/version", "version"));
    }

    private static String first(Map<String, String> labels, String otherwise, String... keys) {
        for (String key : keys) {
            String value = labels.getOrDefault(key, "");
            if (!value.isEmpty()) {
                return value;
            }
        }
        return otherwise;
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
            case "ReplicaSet" ->
                withoutHash(
                        withoutHash(name, labels.getOrDefault(POD_TEMPLATE_HASH, "")),
                        labels.getOrDefault(ROLLOUTS_HASH, ""));
            case "Job" -> {
                Matcher cron = CRON_JOB.matcher(name);
                yield cron.matches() ? cron.group(1) : name;
            }
            default -> name;
        };
    }

    private static String withoutHash(String name, String hash) {
        String suffix = "-" + hash;
        return !hash.isEmpty() && name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
    }

    /** Of two ports with one name the first counts. */
    private static Map<String, Integer> namedPorts(Pod pod) {
        Map<String, Integer> ports = new HashMap<>();
        containers(pod)
                .flatMap(container -> Fields.list(container.getPorts()).stream())
                .filter(PodReader::isNamedTcp)
                .forEach(port -> ports.putIfAbsent(port.getName(), port.getContainerPort()));
        return ports;
    }

    private static boolean isNamedTcp(ContainerPort port) {
        return !Fields.text(port.getName()).isEmpty()
                && port.getContainerPort() != null
                && ServiceReader.isTcp(port.getProtocol());
    }

    /** The containers that run beside each other: init containers only if they keep running. */
    private static Stream<Container> containers(Pod pod) {
        return Stream.concat(
                Fields.list(Pods.spec(pod).getContainers()).stream(),
                Fields.list(Pods.spec(pod).getInitContainers()).stream()
                        .filter(container -> "Always".equals(container.getRestartPolicy())));
    }
}
