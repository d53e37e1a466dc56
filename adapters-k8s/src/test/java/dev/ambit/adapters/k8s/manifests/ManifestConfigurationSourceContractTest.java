package dev.ambit.adapters.k8s.manifests;

import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.ports.configuration.ConfigurationSourceContract;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class ManifestConfigurationSourceContractTest extends ConfigurationSourceContract {
    private Folder folder = new Folder(Path.of("."));
    private ConfigurationSource source = source(Path.of("."));

    @BeforeEach
    void create(@TempDir Path path) {
        folder = new Folder(path);
        source = source(path);
    }

    private static ConfigurationSource source(Path path) {
        return new ManifestConfigurationSource(ManifestOptions.of(path), DerivationOptions.defaults());
    }

    @Override
    protected ConfigurationSource source() {
        return source;
    }

    @Override
    protected void write(String object, String yaml) {
        folder.write(object + ".yaml", yaml);
    }

    @Override
    protected void delete(String object) {
        folder.delete(object + ".yaml");
    }
}
