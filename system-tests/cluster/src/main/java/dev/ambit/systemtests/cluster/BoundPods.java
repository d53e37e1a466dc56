package dev.ambit.systemtests.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Pods that a node runs, as far as an API server without nodes can tell, and the tokens kubelet would give them. */
public final class BoundPods {
    private final KubernetesClient admin;

    public BoundPods(KubernetesClient admin) {
        this.admin = admin;
    }

    /** Makes a pod of the account, which must be there, on the node. */
    public Pod create(String namespace, String name, String account, String node) {
        return admin.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withServiceAccountName(account)
                        .withNodeName(node)
                        .addNewContainer()
                        .withName("app")
                        .withImage("app")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }

    /** Deletes it at once, if it is there. */
    public void delete(String namespace, String name) {
        admin.pods().inNamespace(namespace).withName(name).withGracePeriod(0).delete();
    }

    /** As kubelet asks for it: good for that pod alone, and for an hour or so. */
    public String token(Pod pod, String audience) {
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withAudiences(audience)
                .withNewBoundObjectRef()
                .withKind("Pod")
                .withApiVersion("v1")
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endBoundObjectRef()
                .endSpec()
                .build();
        return admin.serviceAccounts()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getSpec().getServiceAccountName())
                .tokenRequest(request)
                .getStatus()
                .getToken();
    }
}
