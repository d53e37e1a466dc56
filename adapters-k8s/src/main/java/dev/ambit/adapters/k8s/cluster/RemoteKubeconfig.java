package dev.ambit.adapters.k8s.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Context;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kubeconfig that somebody put into a Secret. It must not make us run a program or read a file, whose content would then go
 * to a server of his choice; so refuses istiod ({@code sanitizeKubeConfig} in pkg/kube). What is not known here is not used.
 */
final class RemoteKubeconfig {
    private static final int BYTES_MAX = 256 * 1024;

    private RemoteKubeconfig() {}

    /**
     * Reads how to connect, and nothing but this text.
     *
     * @throws IllegalArgumentException if it cannot be used, with the reason
     */
    static Config read(byte[] kubeconfig) {
        if (kubeconfig.length > BYTES_MAX) {
            throw new IllegalArgumentException(kubeconfig.length + " bytes: at most " + BYTES_MAX);
        }
        io.fabric8.kubernetes.api.model.@Nullable Config read;
        try {
            read = Serialization.unmarshal(new String(kubeconfig, UTF_8), io.fabric8.kubernetes.api.model.Config.class);
        } catch (RuntimeException broken) {
            // What the parser says may quote the text, which is secret.
            throw new IllegalArgumentException("it is not YAML of a kubeconfig", broken);
        }
        if (read == null) {
            throw new IllegalArgumentException("it is empty");
        }
        String current = text(read.getCurrentContext());
        Context context = only(read.getContexts(), NamedContext::getName, NamedContext::getContext, current, "context");
        Cluster cluster = only(
                read.getClusters(),
                NamedCluster::getName,
                NamedCluster::getCluster,
                text(context.getCluster()),
                "cluster");
        AuthInfo user =
                only(read.getUsers(), NamedAuthInfo::getName, NamedAuthInfo::getUser, text(context.getUser()), "user");
        check(cluster);
        check(user);
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(cluster.getServer())
                .withCaCertData(cluster.getCertificateAuthorityData())
                .withTrustCerts(Boolean.TRUE.equals(cluster.getInsecureSkipTlsVerify()))
                .withOauthToken(user.getToken())
                .withClientCertData(user.getClientCertificateData())
                .withClientKeyData(user.getClientKeyData())
                .withUsername(user.getUsername())
                .withPassword(user.getPassword())
                .build();
    }

    private static void check(Cluster cluster) {
        if (text(cluster.getServer()).isEmpty()) {
            throw new IllegalArgumentException("its cluster names no server");
        }
        refuse(cluster.getCertificateAuthority(), "certificate-authority", "certificate-authority-data");
        refuse(cluster.getProxyUrl(), "proxy-url", "a server that is reached directly");
        refuse(cluster.getTlsServerName(), "tls-server-name", "a server with a certificate of its own name");
    }

    private static void check(AuthInfo user) {
        refuse(user.getExec(), "exec", "a token");
        refuse(user.getAuthProvider(), "auth-provider", "a token");
        refuse(user.getTokenFile(), "tokenFile", "token");
        refuse(user.getClientCertificate(), "client-certificate", "client-certificate-data");
        refuse(user.getClientKey(), "client-key", "client-key-data");
        refuse(user.getAs(), "as", "a token of that account");
    }

    private static void refuse(@Nullable Object value, String field, String instead) {
        if (value != null && !value.toString().isEmpty()) {
            throw new IllegalArgumentException("'" + field + "' is not allowed: use " + instead);
        }
    }

    private interface Part<N, V> {
        @Nullable
        V of(N named);
    }

    private static <N, V> V only(
            @Nullable List<N> all, Part<N, String> name, Part<N, V> value, String wanted, String what) {
        for (N named : all == null ? List.<N>of() : all) {
            @Nullable V found = value.of(named);
            if (wanted.equals(name.of(named)) && found != null) {
                return found;
            }
        }
        throw new IllegalArgumentException("there is no " + what + " '" + wanted + "' in it");
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
