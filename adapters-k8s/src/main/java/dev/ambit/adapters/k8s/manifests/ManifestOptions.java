package dev.ambit.adapters.k8s.manifests;

import java.nio.file.Path;
import java.util.List;

/**
 * Where manifests are read from.
 *
 * @param manifests folder whose {@code .yaml}, {@code .yml} and {@code .json} files are read, not its sub-folders
 * @param statusFolders folders of partial Pods whose annotations are laid over the manifests' pods, as node agents write
 *     them; a folder may appear later
 */
public record ManifestOptions(Path manifests, List<Path> statusFolders, ManifestLimits limits) {
    public ManifestOptions {
        statusFolders = List.copyOf(statusFolders);
    }

    public static ManifestOptions of(Path manifests) {
        return new ManifestOptions(manifests, List.of(), ManifestLimits.defaults());
    }

    public ManifestOptions withStatusFolder(Path folder) {
        return new ManifestOptions(manifests, List.of(folder), limits);
    }
}
