package dev.ambit.adapters.k8s.cluster;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ambit.adapters.k8s.reading.MeshKind;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionSpec;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionStatus;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.stream.Stream;

/** Objects with the fields that the mesh is derived from, and no others: the rest is skipped while it is parsed. */
final class LeanObjects {
    private LeanObjects() {}

    static KubernetesSerialization serialization() {
        ObjectMapper mapper = JsonMapper.builder()
                .addMixIn(ObjectMeta.class, Metadata.class)
                .addMixIn(PodSpec.class, OfPodSpec.class)
                .addMixIn(Container.class, OfContainer.class)
                .addMixIn(PodStatus.class, OfPodStatus.class)
                .addMixIn(Node.class, MetadataOnly.class)
                .addMixIn(Namespace.class, MetadataOnly.class)
                .addMixIn(ServiceAccount.class, MetadataOnly.class)
                .addMixIn(CustomResourceDefinitionSpec.class, OfDefinitionSpec.class)
                .addMixIn(CustomResourceDefinitionVersion.class, OfDefinitionVersion.class)
                .addMixIn(CustomResourceDefinitionStatus.class, OfDefinitionStatus.class)
                .build();
        // A custom kind must arrive as it was written: a model of ours would drop what it does not know.
        var serialization = new KubernetesSerialization(mapper, false);
        Stream.of(MeshKind.values())
                .filter(kind -> !kind.isCustom())
                .forEach(kind -> serialization.registerKubernetesResource(kind.model()));
        serialization.registerKubernetesResource(CustomResourceDefinition.class);
        serialization.registerKubernetesResource(Secret.class);
        serialization.registerKubernetesResource(Status.class);
        return serialization;
    }

    @JsonIgnoreProperties({"managedFields", "selfLink", "finalizers"})
    private interface Metadata {}

    @JsonIncludeProperties({"apiVersion", "kind", "metadata"})
    private interface MetadataOnly {}

    @JsonIncludeProperties({"nodeName", "serviceAccountName", "hostNetwork", "containers", "initContainers"})
    private interface OfPodSpec {}

    @JsonIncludeProperties({"name", "ports", "restartPolicy"})
    private interface OfContainer {}

    @JsonIncludeProperties({"phase", "podIP", "podIPs", "hostIP", "hostIPs", "conditions"})
    private interface OfPodStatus {}

    @JsonIncludeProperties({"group", "names", "versions"})
    private interface OfDefinitionSpec {}

    @JsonIncludeProperties({"name", "served", "storage"})
    private interface OfDefinitionVersion {}

    @JsonIncludeProperties({"conditions"})
    private interface OfDefinitionStatus {}
}
