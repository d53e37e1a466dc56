package dev.ambit.services.ztunnel.config;

import dev.ambit.domain.identity.TrustDomain;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where and who this proxy is.
 *
 * @param nodeName the node it serves; empty if it was not told
 * @param trustDomain of its own identity
 * @param clusterDomain DNS suffix of services
 * @param metadata told to the control plane: the mesh's proxyMetadata with ISTIO_META_* over it, prefix taken off
 * @param jsonMetadata likewise, from ISTIO_METAJSON_*: JSON values as maps, lists, texts, numbers and booleans
 */
public record NodeConfig(
        String nodeName,
        String network,
        String clusterId,
        String clusterDomain,
        TrustDomain trustDomain,
        String podName,
        String podNamespace,
        String serviceAccount,
        String instanceIp,
        Map<String, String> metadata,
        Map<String, Object> jsonMetadata) {

    private static final String CLUSTER_ID = "CLUSTER_ID";

    public NodeConfig {
        metadata = Map.copyOf(metadata);
        jsonMetadata = Map.copyOf(jsonMetadata);
    }

    static NodeConfig read(Settings settings, MeshProxyConfig mesh) {
        String trustDomain = settings.text("TRUST_DOMAIN");
        if (!TrustDomain.isValid(trustDomain)) {
            throw Settings.unusable(
                    "TRUST_DOMAIN",
                    trustDomain,
                    "it must be 1 to 255 characters without slash or space, such as cluster.local");
        }
        var metadata = new HashMap<>(mesh.proxyMetadata());
        metadata.putAll(settings.startingWith(MeshProxyConfig.METADATA_PREFIX));
        return new NodeConfig(
                settings.text("NODE_NAME"),
                settings.text("NETWORK"),
                settings.optional(MeshProxyConfig.METADATA_PREFIX + CLUSTER_ID)
                        .orElseGet(() -> settings.text(CLUSTER_ID)),
                settings.text("CLUSTER_DOMAIN"),
                new TrustDomain(trustDomain),
                settings.text("POD_NAME"),
                settings.text("POD_NAMESPACE"),
                settings.text("SERVICE_ACCOUNT"),
                settings.text("INSTANCE_IP"),
                metadata,
                JsonMetadata.read(settings));
    }

    /** This proxy's own pod, if namespace, name and service account are all known: then it serves 15008 for itself. */
    public Optional<ServedWorkload> ownPod() {
        return podName.isEmpty() || podNamespace.isEmpty() || serviceAccount.isEmpty()
                ? Optional.empty()
                : Optional.of(new ServedWorkload(podNamespace, podName, serviceAccount));
    }
}
