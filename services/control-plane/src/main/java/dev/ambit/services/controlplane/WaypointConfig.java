package dev.ambit.services.controlplane;

import dev.ambit.adapters.k8s.waypoint.WaypointOptions;
import dev.ambit.adapters.k8s.waypoint.WaypointOptions.Image;
import dev.ambit.adapters.k8s.waypoint.WaypointOptions.Resources;
import io.micronaut.context.annotation.ConfigurationProperties;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is deployed for Gateways that are waypoints.
 *
 * @param enabled whether anything is, by this control plane
 * @param revision of this control plane; empty is the default one
 * @param imagePullPolicy may be empty, and so may {@code imagePullSecrets}
 * @param controlPlane where waypoints find this service, {@code host:port}; empty is its Service as charts name it
 */
@ConfigurationProperties("control-plane.waypoints")
public record WaypointConfig(
        boolean enabled,
        String revision,
        String image,
        String imagePullPolicy,
        List<String> imagePullSecrets,
        String controlPlane,
        String cpuRequest,
        String memoryRequest,
        String cpuLimit,
        String memoryLimit) {
    private static final Pattern QUANTITY = Pattern.compile("([0-9]+(\\.[0-9]+)?([KMGTPE]i|[mkMGTPE])?)?");
    private static final Pattern REVISION = Pattern.compile("([a-z0-9]([-a-z0-9]{0,55}[a-z0-9])?)?");
    private static final Pattern ADDRESS =
            Pattern.compile("(?:[^\\s:/\\[\\]]+|\\[[0-9a-fA-F:.]+\\]):(?<port>[0-9]{1,5})");
    private static final int PORT_MAX = 65_535;
    private static final Pattern POLICY = Pattern.compile("(Always|IfNotPresent|Never)?");

    public WaypointConfig {
        matches("REVISION", revision, REVISION, "a name such as 1-31, or not set");
        matches("WAYPOINT_IMAGE", image, Pattern.compile("\\S+"), "the name of an image");
        matches("WAYPOINT_IMAGE_PULL_POLICY", imagePullPolicy, POLICY, "Always, IfNotPresent or Never, or not set");
        if (!controlPlane.isEmpty() && !isAddress(controlPlane)) {
            throw unusable(
                    "WAYPOINT_CONTROL_PLANE",
                    controlPlane,
                    "host:port with a port from 1 to " + PORT_MAX + ", or not set");
        }
        matches("WAYPOINT_CPU_REQUEST", cpuRequest, QUANTITY, "a quantity such as 100m, or empty");
        matches("WAYPOINT_MEMORY_REQUEST", memoryRequest, QUANTITY, "a quantity such as 128Mi, or empty");
        matches("WAYPOINT_CPU_LIMIT", cpuLimit, QUANTITY, "a quantity such as 2, or empty");
        matches("WAYPOINT_MEMORY_LIMIT", memoryLimit, QUANTITY, "a quantity such as 1Gi, or empty");
        imagePullSecrets = imagePullSecrets.stream()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static void matches(String variable, String text, Pattern pattern, String wanted) {
        if (!pattern.matcher(text).matches()) {
            throw unusable(variable, text, wanted);
        }
    }

    private static boolean isAddress(String text) {
        Matcher parts = ADDRESS.matcher(text);
        if (!parts.matches()) {
            return false;
        }
        int port = Integer.parseInt(parts.group("port"));
        return port >= 1 && port <= PORT_MAX;
    }

    private static IllegalArgumentException unusable(String variable, String text, String wanted) {
        return new IllegalArgumentException(variable + " is '" + text + "'; it must be " + wanted);
    }

    /** The same as the adapter takes it. */
    WaypointOptions options(MeshConfig mesh) {
        String suffix = revision.isEmpty() || revision.equals(WaypointOptions.DEFAULT_REVISION) ? "" : "-" + revision;
        return new WaypointOptions(
                mesh.rootNamespace(),
                mesh.clusterDomain(),
                mesh.clusterId(),
                mesh.network(),
                mesh.trustDomain(),
                revision,
                controlPlane.isEmpty() ? "istiod" + suffix + "." + mesh.rootNamespace() + ".svc:15012" : controlPlane,
                new Image(image, imagePullPolicy, imagePullSecrets),
                new Resources(cpuRequest, memoryRequest, cpuLimit, memoryLimit));
    }
}
