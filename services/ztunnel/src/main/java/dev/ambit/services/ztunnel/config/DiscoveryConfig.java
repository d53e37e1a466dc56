package dev.ambit.services.ztunnel.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the picture of the mesh comes from.
 *
 * @param controlPlane has no address if discovery is switched off
 * @param onDemand whether only what connections need is asked for, instead of everything
 * @param local a picture that an operator wrote, beside discovery or instead of it
 */
public record DiscoveryConfig(ControlPlaneConfig controlPlane, boolean onDemand, Optional<LocalMesh> local) {
    private static final String FILE = "LOCAL_XDS_PATH";
    private static final String TEXT = "LOCAL_XDS";

    /** The operator's picture of the mesh, in YAML. */
    public sealed interface LocalMesh {
        record InFile(Path file) implements LocalMesh {}

        record Inline(String yaml) implements LocalMesh {}
    }

    static DiscoveryConfig read(Settings settings, MeshProxyConfig mesh) {
        Optional<String> file = settings.optional(FILE);
        Optional<String> text = settings.optional(TEXT);
        if (file.isPresent() && text.isPresent()) {
            throw Settings.unusable(FILE, file.get(), "set either it or " + TEXT + ", not both");
        }
        return new DiscoveryConfig(
                ControlPlaneConfig.read(settings, "XDS", mesh.discoveryAddress()),
                settings.flag("XDS_ON_DEMAND"),
                file.<LocalMesh>map(it -> new LocalMesh.InFile(Path.of(it))).or(() -> text.map(LocalMesh.Inline::new)));
    }
}
