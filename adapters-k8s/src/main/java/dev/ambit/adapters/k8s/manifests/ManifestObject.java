package dev.ambit.adapters.k8s.manifests;

import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.adapters.k8s.translate.UnreadablePolicy;
import dev.ambit.ports.configuration.ConfigurationProblem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one document of a file turned out to be. */
sealed interface ManifestObject {

    /** What is to be reported about it. */
    List<ConfigurationProblem> problems();

    /** The same without anything to report. */
    default ManifestObject silenced() {
        return switch (this) {
            case Sound sound -> new Sound(sound.object(), sound.key(), sound.file(), sound.source(), List.of());
            case Rejected rejected -> new Rejected(rejected.key(), rejected.closed(), List.of());
            case Ignored _ -> new Ignored(List.of());
            case Broken broken -> new Broken(broken.closed(), List.of());
        };
    }

    /** An object that can be used. */
    record Sound(HasMetadata object, ObjectKey key, String file, YamlNode source, List<ConfigurationProblem> problems)
            implements ManifestObject {
        /** The problem with the line where it is. */
        ConfigurationProblem located(ObjectProblem problem) {
            return new ConfigurationProblem(
                    file + ":" + source.lineOf(problem.field()), key.toString(), problem.message());
        }
    }

    /** An object of a known kind that cannot be used; {@code closed} stands in for a policy of which nothing better is known. */
    record Rejected(ObjectKey key, @Nullable UnreadablePolicy closed, List<ConfigurationProblem> problems)
            implements ManifestObject {}

    /** Nothing for the mesh. */
    record Ignored(List<ConfigurationProblem> problems) implements ManifestObject {}

    /** No YAML; {@code closed} as for a rejected object, if the text looks like a policy. */
    record Broken(@Nullable UnreadablePolicy closed, List<ConfigurationProblem> problems) implements ManifestObject {}
}
