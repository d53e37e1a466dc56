package dev.ambit.adapters.k8s.waypoint;

import java.util.List;
import java.util.Set;

/**
 * How waypoints are deployed in this mesh.
 *
 * @param systemNamespace where ConfigMaps with defaults of a class, and Services that make tags of revisions, are looked for
 * @param clusterDomain DNS suffix of services
 * @param network of this cluster; may be empty
 * @param revision of this control plane; {@code default} is the one for whatever names none
 * @param controlPlane where waypoints find discovery and certificates, {@code host:port}
 */
public record WaypointOptions(
        String systemNamespace,
        String clusterDomain,
        String clusterId,
        String network,
        String trustDomain,
        String revision,
        String controlPlane,
        Image image,
        Resources resources) {

    /** The revision of a control plane that was not given one. */
    public static final String DEFAULT_REVISION = "default";

    /**
     * What runs as a waypoint.
     *
     * @param pullPolicy as Kubernetes names it; empty leaves it to Kubernetes
     * @param pullSecrets names of Secrets in the waypoint's namespace
     */
    public record Image(String reference, String pullPolicy, List<String> pullSecrets) {
        private static final Set<String> POLICIES = Set.of("", "Always", "IfNotPresent", "Never");

        public Image {
            pullSecrets = List.copyOf(pullSecrets);
            if (reference.isBlank()) {
                throw new IllegalArgumentException("the image of waypoints is empty; name one");
            }
            if (!POLICIES.contains(pullPolicy)) {
                throw new IllegalArgumentException(
                        "the pull policy '" + pullPolicy + "' is not Always, IfNotPresent or Never");
            }
        }
    }

    /** What one pod is given, as Kubernetes writes quantities; what is empty is not asked for. */
    public record Resources(String cpuRequest, String memoryRequest, String cpuLimit, String memoryLimit) {}

    public WaypointOptions {
        revision = revision.isEmpty() ? DEFAULT_REVISION : revision;
    }
}
