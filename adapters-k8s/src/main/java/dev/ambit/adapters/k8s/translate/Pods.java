package dev.ambit.adapters.k8s.translate;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.enrolment.NodePod;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.workload.PodRef;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What every translation of a pod has to know about it. */
public final class Pods {
    private static final String DEFAULT_SERVICE_ACCOUNT = "default";

    private Pods() {}

    /** The pod as the node agent sees it. */
    public static NodePod nodePod(Pod pod, Map<String, String> namespaceLabels) {
        return new NodePod(
                ref(pod),
                addresses(pod),
                Fields.labels(pod),
                Fields.annotations(pod),
                namespaceLabels,
                usesHostNetwork(pod),
                isFinished(pod));
    }

    /** The node the pod is bound to; empty while it is not scheduled. */
    public static String node(Pod pod) {
        return Fields.text(spec(pod).getNodeName());
    }

    static PodRecord record(Pod pod, TrustDomain trustDomain) {
        PodRef ref = ref(pod);
        return new PodRecord(ref, new SpiffeId(trustDomain, ref.namespace(), ref.serviceAccount()), node(pod));
    }

    /** The uid as the object says it; empty if it does not. */
    public static String writtenUid(Pod pod) {
        return Fields.text(Fields.metadata(pod).getUid());
    }

    /** A pod without a uid, as in a manifest, gets one that only depends on its namespace and name. */
    public static String uid(Pod pod) {
        String written = writtenUid(pod);
        String stable = "Pod/" + Fields.namespace(pod) + "/" + Fields.name(pod);
        return written.isEmpty()
                ? UUID.nameUUIDFromBytes(stable.getBytes(UTF_8)).toString()
                : written;
    }

    static PodRef ref(Pod pod) {
        return new PodRef(uid(pod), Fields.namespace(pod), Fields.name(pod), serviceAccount(pod));
    }

    static String serviceAccount(Pod pod) {
        String serviceAccount = Fields.text(spec(pod).getServiceAccountName());
        return serviceAccount.isEmpty() ? DEFAULT_SERVICE_ACCOUNT : serviceAccount;
    }

    static boolean usesHostNetwork(Pod pod) {
        return Fields.isTrue(spec(pod).getHostNetwork());
    }

    static boolean isFinished(Pod pod) {
        String phase = phase(pod);
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    static String phase(Pod pod) {
        return Fields.text(status(pod).getPhase());
    }

    /** Every address the pod has; texts that are none are left out. */
    static List<IpAddress> addresses(Pod pod) {
        return addressTexts(pod).stream()
                .map(IpAddress::parse)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }

    /** {@code podIPs}, else {@code podIP}. */
    static List<String> addressTexts(Pod pod) {
        List<PodIP> all = Fields.list(status(pod).getPodIPs());
        Stream<@Nullable String> texts = all.isEmpty()
                ? Stream.of(Fields.text(status(pod).getPodIP()))
                : all.stream().map(PodIP::getIp);
        return texts.map(Fields::text).filter(text -> !text.isEmpty()).toList();
    }

    static PodSpec spec(Pod pod) {
        @Nullable PodSpec spec = pod.getSpec();
        return spec == null ? new PodSpec() : spec;
    }

    static PodStatus status(Pod pod) {
        @Nullable PodStatus status = pod.getStatus();
        return status == null ? new PodStatus() : status;
    }
}
