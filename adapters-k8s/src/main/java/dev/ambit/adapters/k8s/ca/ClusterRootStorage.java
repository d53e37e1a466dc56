package dev.ambit.adapters.k8s.ca;

import dev.ambit.adapters.k8s.cluster.ClusterConnection;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.RootStorage;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A Secret, laid out as istiod's {@code istio-ca-secret}: type {@code istio.io/ca-root}, one key for each document. */
public final class ClusterRootStorage implements RootStorage {
    private static final String TYPE = "istio.io/ca-root";

    private final ClusterRequests requests;
    private final String namespace;
    private final String name;

    /** The Secret need not be there yet; its namespace must. Does not close the connection. */
    public ClusterRootStorage(ClusterConnection connection, String namespace, String name) {
        this.requests = new ClusterRequests(connection.client());
        this.namespace = namespace;
        this.name = name;
    }

    @Override
    public Optional<Stored> load() {
        try {
            return Optional.ofNullable(read()).map(ClusterRootStorage::stored);
        } catch (KubernetesClientException e) {
            throw new CertificateAuthorityException(
                    "cannot read " + place() + ": " + requests.describe(e) + remedy(e), e);
        } catch (IllegalArgumentException e) {
            throw new CertificateAuthorityException("cannot read " + place() + ": its data are not base 64", e);
        }
    }

    private @Nullable Secret read() {
        return requests.call(
                api -> api.secrets().inNamespace(namespace).withName(name).get());
    }

    private static Stored stored(Secret secret) {
        var documents = new HashMap<String, String>();
        if (secret.getData() != null) {
            secret.getData()
                    .forEach((key, value) ->
                            documents.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        }
        return new Stored(documents, secret.getMetadata().getResourceVersion());
    }

    @Override
    public Optional<Stored> replace(Map<String, String> documents, Optional<String> expectedVersion) {
        var data = new HashMap<String, String>();
        documents.forEach((key, value) ->
                data.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        try {
            return expectedVersion.isEmpty() ? create(data) : update(data, expectedVersion.get());
        } catch (KubernetesClientException e) {
            if (e.getCode() == ClusterRequests.CONFLICT || (e.getCode() == ClusterRequests.NOT_FOUND && gone())) {
                return Optional.empty();
            }
            throw new CertificateAuthorityException(
                    "cannot write " + place() + ": " + requests.describe(e) + remedy(e), e);
        }
    }

    private static String remedy(KubernetesClientException failure) {
        return failure.getCode() == ClusterRequests.FORBIDDEN
                ? "; grant get, create and update of secrets in that namespace to our service account, as"
                        + " deploy/control-plane/certificates-rbac.yaml does"
                : "";
    }

    /** A missing Secret is somebody's doing; a missing namespace is a mistake in the configuration. */
    private boolean gone() {
        return requests.call(api -> api.namespaces().withName(namespace).get()) != null;
    }

    private Optional<Stored> create(Map<String, String> data) {
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withType(TYPE)
                .withData(data)
                .build();
        return Optional.of(stored(requests.call(api -> api.resource(secret).create())));
    }

    /** Labels, owners and the type stay what they are. */
    private Optional<Stored> update(Map<String, String> data, String expectedVersion) {
        Secret present = read();
        if (present == null || !expectedVersion.equals(present.getMetadata().getResourceVersion())) {
            return Optional.empty();
        }
        Secret next = present.edit().withData(data).build();
        return Optional.of(stored(requests.call(
                api -> api.resource(next).lockResourceVersion(expectedVersion).update())));
    }

    @Override
    public String place() {
        return "Secret " + namespace + "/" + name;
    }
}
