package dev.ambit.adapters.k8s.cluster;

import dev.ambit.domain.enrolment.Enrolment;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.configuration.ConfigurationException;
import dev.ambit.ports.configuration.PodStatusWriter;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;

/**
 * Writes a pod's annotation through its status, which a node agent may patch without the right to change pods. A pod that
 * is gone, or was replaced by one of the same name, is none to write about.
 */
public final class ClusterPodStatusWriter implements PodStatusWriter {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final ClusterConnection connection;

    /** Does not close the connection. */
    public ClusterPodStatusWriter(ClusterConnection connection) {
        this.connection = connection;
    }

    @Override
    public void redirection(PodRef pod, Redirection redirection) {
        String value = switch (redirection) {
            case ENABLED -> "\"enabled\"";
            case PENDING -> "\"pending\"";
            case ABSENT -> "null";
        };
        // The API server refuses the patch if the uid is another one's.
        String patch = "{\"metadata\":{\"uid\":\"" + pod.uid() + "\",\"annotations\":{\"" + Enrolment.REDIRECTION
                + "\":" + value + "}}}";
        try {
            connection
                    .client()
                    .pods()
                    .inNamespace(pod.namespace())
                    .withName(pod.name())
                    .subresource("status")
                    .patch(MERGE, patch);
        } catch (KubernetesClientException refused) {
            if (isGone(refused)) {
                return;
            }
            throw new ConfigurationException(
                    "cannot write the status of pod " + pod.namespace() + "/" + pod.name() + ": "
                            + refused.getMessage(),
                    refused);
        }
    }

    private static boolean isGone(KubernetesClientException refused) {
        return refused.getCode() == HttpURLConnection.HTTP_NOT_FOUND
                || refused.getCode() == HttpURLConnection.HTTP_CONFLICT;
    }
}
