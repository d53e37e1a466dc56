package dev.ambit.services.ztunnel;

import dev.ambit.adapters.xds.local.LocalMesh;
import dev.ambit.adapters.xds.local.LocalMeshException;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.services.ztunnel.config.DiscoveryConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the operator's picture of the mesh, once, at start. */
final class LocalMeshFile {
    private static final Logger LOG = LoggerFactory.getLogger(LocalMeshFile.class);
    private static final long BYTES_MAX = 64L << 20;

    /**
     * What it says.
     *
     * @throws IllegalArgumentException if it cannot be used; the message names the variable, the place and the reason
     */
    static List<MeshChange> read(DiscoveryConfig.LocalMesh where) {
        return switch (where) {
            case DiscoveryConfig.LocalMesh.Inline(String yaml) -> read("LOCAL_XDS", yaml);
            case DiscoveryConfig.LocalMesh.InFile(Path file) -> read("LOCAL_XDS_PATH is '" + file + "'", content(file));
        };
    }

    private static String content(Path file) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new IllegalArgumentException("LOCAL_XDS_PATH is '" + file + "', which is larger than " + BYTES_MAX
                        + " bytes; make it smaller");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "LOCAL_XDS_PATH is '" + file + "', which cannot be read (" + e + "); it must be a readable file",
                    e);
        }
    }

    private static List<MeshChange> read(String source, String yaml) {
        try {
            LocalMesh mesh = LocalMesh.read(yaml);
            if (!mesh.withoutIdentity().isEmpty()) {
                LOG.warn(
                        "workloads without trustDomain or serviceAccount: no certificate fits them, so they cannot be"
                                + " reached through tunnels\tcount={} first={}",
                        mesh.withoutIdentity().size(),
                        mesh.withoutIdentity().getFirst());
            }
            LOG.info("local configuration is read\tresources={}", mesh.changes().size());
            return mesh.changes();
        } catch (LocalMeshException e) {
            throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
        }
    }

    private LocalMeshFile() {}
}
