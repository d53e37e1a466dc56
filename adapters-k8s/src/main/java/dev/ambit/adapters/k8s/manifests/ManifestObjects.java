package dev.ambit.adapters.k8s.manifests;

import dev.ambit.adapters.k8s.derive.KubernetesObjects;
import dev.ambit.adapters.k8s.translate.Fields;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.adapters.k8s.translate.Pods;
import dev.ambit.ports.configuration.ConfigurationException;
import dev.ambit.ports.configuration.ConfigurationProblem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The objects of a manifests folder with the status folders' annotations laid over its pods. For one thread. */
final class ManifestObjects {
    private final ManifestOptions options;
    private final ManifestFolder manifests;
    private final Map<Path, ManifestFolder> statuses = new LinkedHashMap<>();

    ManifestObjects(ManifestOptions options, String rootNamespace) {
        this.options = options;
        this.manifests = folder(options, options.manifests(), rootNamespace);
        options.statusFolders().forEach(path -> statuses.put(path, folder(options, path, rootNamespace)));
    }

    private static ManifestFolder folder(ManifestOptions options, Path path, String rootNamespace) {
        return new ManifestFolder(path, options.limits(), rootNamespace, InstantSource.system());
    }

    /** What there is now. */
    record Snapshot(
            KubernetesObjects objects,
            List<ConfigurationProblem> problems,
            Map<ObjectKey, ManifestObject.Sound> sources) {

        /** The problem with file and line, where the object has one. */
        ConfigurationProblem located(ObjectProblem problem) {
            ManifestObject.Sound source = sources.get(problem.object());
            return source == null
                    ? new ConfigurationProblem("", problem.object().toString(), problem.message())
                    : source.located(problem);
        }
    }

    /** Every folder to watch. */
    List<Path> folders() {
        return Stream.concat(Stream.of(options.manifests()), options.statusFolders().stream())
                .toList();
    }

    /**
     * Reads what changed.
     *
     * @throws ConfigurationException if the manifests folder cannot be listed
     */
    Snapshot read() {
        ManifestFolder.Contents contents = manifests.read();
        var problems = new ArrayList<>(contents.problems());
        Map<ObjectKey, Map<String, Pod>> overlays = new HashMap<>();
        statuses.forEach((path, folder) -> {
            if (Files.isDirectory(path)) {
                ManifestFolder.Contents status = folder.read();
                problems.addAll(status.problems());
                status.objects().forEach((key, sound) -> overlay(key, sound.object(), overlays));
            }
        });
        List<HasMetadata> objects = new ArrayList<>();
        contents.objects().forEach((key, sound) -> objects.add(withStatus(key, sound.object(), overlays)));
        return new Snapshot(KubernetesObjects.of(objects, contents.unreadable()), problems, contents.objects());
    }

    private static void overlay(ObjectKey key, HasMetadata object, Map<ObjectKey, Map<String, Pod>> overlays) {
        if (object instanceof Pod pod) {
            overlays.computeIfAbsent(key, _ -> new HashMap<>()).put(Pods.writtenUid(pod), pod);
        }
    }

    /** A status that names another pod's uid was about an earlier pod of the same name. */
    private static HasMetadata withStatus(
            ObjectKey key, HasMetadata object, Map<ObjectKey, Map<String, Pod>> overlays) {
        Map<String, Pod> byUid = overlays.getOrDefault(key, Map.of());
        if (!(object instanceof Pod pod) || byUid.isEmpty()) {
            return object;
        }
        Pod status = byUid.getOrDefault(Pods.uid(pod), byUid.get(""));
        if (status == null) {
            return object;
        }
        return new PodBuilder(pod)
                .editOrNewMetadata()
                .addToAnnotations(Fields.annotations(status))
                .endMetadata()
                .build();
    }
}
