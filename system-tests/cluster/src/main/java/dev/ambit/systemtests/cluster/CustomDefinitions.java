package dev.ambit.systemtests.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Custom resource definitions from files. */
final class CustomDefinitions {
    private static final long ESTABLISHED_SECONDS = 60;

    private CustomDefinitions() {}

    /** Installs those of the groups that are wanted and waits until they are served. */
    static void install(KubernetesClient client, List<Path> files, Predicate<String> groups) {
        var installed = new ArrayList<CustomResourceDefinition>();
        for (Path file : files) {
            for (HasMetadata object : read(client, file)) {
                if (object instanceof CustomResourceDefinition definition
                        && groups.test(definition.getSpec().getGroup())) {
                    installed.add(client.resource(definition).serverSideApply());
                }
            }
        }
        if (installed.isEmpty()) {
            throw new IllegalArgumentException("no definition of that group in " + files);
        }
        for (CustomResourceDefinition definition : installed) {
            client.resource(definition)
                    .waitUntilCondition(CustomDefinitions::isEstablished, ESTABLISHED_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static List<HasMetadata> read(KubernetesClient client, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return client.load(in).items();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static boolean isEstablished(CustomResourceDefinition definition) {
        return definition != null
                && definition.getStatus() != null
                && definition.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }
}
