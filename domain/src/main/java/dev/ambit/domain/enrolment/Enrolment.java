package dev.ambit.domain.enrolment;

import java.util.Map;
import java.util.Set;

/**
 * Decides whether a pod belongs to the mesh, by Istio's rules: the pod's {@code istio.io/dataplane-mode} label beats its
 * namespace's; host-network, sidecar and finished pods never do; neither does an excluded namespace.
 */
public final class Enrolment {

    /** The label that asks for enrolment, on a Namespace or Pod. */
    public static final String DATAPLANE_MODE = "istio.io/dataplane-mode";

    /** The annotation under which the node agent reports redirection on the pod. */
    public static final String REDIRECTION = "ambient.istio.io/redirection";

    /** The annotation by which a pod's names are captured or not, whatever the node agent does by default. */
    public static final String DNS_CAPTURE = "ambient.istio.io/dns-capture";

    /** What Go's strconv.ParseBool takes, which is what Istio's node agent reads the annotation with. */
    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");

    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

    private static final String SIDECAR_STATUS = "sidecar.istio.io/status";
    private static final String AMBIENT = "ambient";
    private static final String NONE = "none";

    private final Set<String> excludedNamespaces;
    private final Capture capture;

    /**
     * The rules of one node.
     *
     * @param capture what is captured of pods that do not say it themselves
     */
    public Enrolment(Set<String> excludedNamespaces, Capture capture) {
        this.excludedNamespaces = Set.copyOf(excludedNamespaces);
        this.capture = capture;
    }

    /** What to capture of an enrolled pod. An annotation that is neither true nor false says nothing. */
    public Capture captureOf(NodePod pod) {
        String asked = pod.annotations().getOrDefault(DNS_CAPTURE, "");
        if (TRUE.contains(asked)) {
            return Capture.CONNECTIONS_AND_NAMES;
        }
        return FALSE.contains(asked) ? Capture.CONNECTIONS : capture;
    }

    public Decision decide(NodePod pod) {
        if (excludedNamespaces.contains(pod.ref().namespace())) {
            return new Decision.StayOut("namespace " + pod.ref().namespace() + " is excluded");
        }
        if (pod.hostNetwork()) {
            return new Decision.StayOut("pod uses the host's network");
        }
        if (pod.finished()) {
            return new Decision.StayOut("pod has finished");
        }
        if (pod.annotations().containsKey(SIDECAR_STATUS)) {
            return new Decision.StayOut("pod has a sidecar");
        }
        return byLabels(pod.labels(), pod.namespaceLabels());
    }

    private static Decision byLabels(Map<String, String> podLabels, Map<String, String> namespaceLabels) {
        String onPod = podLabels.getOrDefault(DATAPLANE_MODE, "");
        if (onPod.equals(AMBIENT)) {
            return new Decision.Enrol();
        }
        if (onPod.equals(NONE)) {
            return new Decision.StayOut("pod label " + DATAPLANE_MODE + "=" + NONE);
        }
        return namespaceLabels.getOrDefault(DATAPLANE_MODE, "").equals(AMBIENT)
                ? new Decision.Enrol()
                : new Decision.StayOut("neither pod nor namespace has the label " + DATAPLANE_MODE + "=" + AMBIENT);
    }

    /** Whether to enrol, and if not, why. */
    public sealed interface Decision {
        record Enrol() implements Decision {}

        record StayOut(String why) implements Decision {}
    }
}
