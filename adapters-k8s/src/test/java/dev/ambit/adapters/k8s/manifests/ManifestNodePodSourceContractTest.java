package dev.ambit.adapters.k8s.manifests;

import dev.ambit.ports.configuration.NodePodSource;
import dev.ambit.ports.configuration.NodePodSourceContract;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class ManifestNodePodSourceContractTest extends NodePodSourceContract {
    private Folder folder = new Folder(Path.of("."));
    private NodePodSource source = new ManifestNodePodSource(ManifestOptions.of(Path.of(".")));

    @BeforeEach
    void create(@TempDir Path path) {
        folder = new Folder(path);
        source = new ManifestNodePodSource(ManifestOptions.of(path));
    }

    @Override
    protected NodePodSource source() {
        return source;
    }

    @Override
    protected void write(String object, String yaml) {
        folder.replace(object + ".yaml", yaml);
    }

    @Override
    protected void delete(String object) {
        folder.delete(object + ".yaml");
    }
}
