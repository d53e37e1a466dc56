package dev.ambit.adapters.k8s.manifests;

import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.configuration.PodStatusWriter;
import dev.ambit.ports.configuration.PodStatusWriterContract;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class ManifestPodStatusWriterContractTest extends PodStatusWriterContract {
    private Path folder = Path.of(".");
    private PodStatusWriter writer = new ManifestPodStatusWriter(folder);

    @BeforeEach
    void create(@TempDir Path path) {
        folder = path.resolve("status");
        writer = new ManifestPodStatusWriter(folder);
    }

    @Override
    protected PodStatusWriter writer() {
        return writer;
    }

    @Override
    protected Optional<String> annotation(PodRef pod) {
        return new ManifestFolder(folder, ManifestLimits.defaults(), "istio-system", InstantSource.system())
                .read().objects().values().stream()
                        .filter(sound -> sound.key().name().equals(pod.name()))
                        .map(sound -> sound.object().getMetadata())
                        .filter(metadata -> pod.uid().equals(metadata.getUid()))
                        .map(metadata -> metadata.getAnnotations().get("ambient.istio.io/redirection"))
                        .findFirst();
    }
}
