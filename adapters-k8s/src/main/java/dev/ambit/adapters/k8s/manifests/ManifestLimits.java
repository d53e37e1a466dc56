package dev.ambit.adapters.k8s.manifests;

/**
 * Bounds on what is read from a folder. What exceeds one is reported and left out.
 *
 * @param fileBytesMax size of a file; 1 MiB is what etcd takes for an object
 * @param filesMax files of a folder, in the order of their names
 * @param documentsPerFileMax YAML documents, and items of lists, in a file
 * @param nodesPerDocumentMax values in a document after aliases are followed, which stops "billion laughs"
 * @param depthMax nesting of a document
 */
public record ManifestLimits(
        int fileBytesMax, int filesMax, int documentsPerFileMax, int nodesPerDocumentMax, int depthMax) {

    public static ManifestLimits defaults() {
        return new ManifestLimits(1 << 20, 10_000, 1_000, 100_000, 64);
    }
}
