package dev.ambit.adapters.k8s.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever may write a Secret must not make us run programs or send files away. */
class RemoteKubeconfigTest {
    private static byte[] kubeconfig(String cluster, String user) {
        return """
                apiVersion: v1
                kind: Config
                current-context: west
                contexts: [{name: west, context: {cluster: west, user: west}}]
                clusters: [{name: west, cluster: {%s}}]
                users: [{name: west, user: {%s}}]
                """.formatted(cluster, user).getBytes(UTF_8);
    }

    @Test
    void whatCreateRemoteSecretWritesIsRead() {
        Config config = RemoteKubeconfig.read(
                kubeconfig("server: 'https://west.example:6443', certificate-authority-data: QQ==", "token: t"));

        assertThat(config.getMasterUrl()).startsWith("https://west.example:6443");
        assertThat(config.getCaCertData()).isEqualTo("QQ==");
        assertThat(config.getOauthToken()).isEqualTo("t");
        assertThat(config.getAutoConfigure()).as("nothing around us is read").isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exec|'exec: {apiVersion: client.authentication.k8s.io/v1, command: /bin/true}'",
                "auth-provider|'auth-provider: {name: gcp}'",
                "tokenFile|tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token",
                "client-certificate|client-certificate: /etc/passwd",
                "client-key|client-key: /etc/passwd",
                "as|as: admin"
            })
    void programsAndFilesOfAUserAreRefused(String field, String user) {
        assertThatThrownBy(() -> RemoteKubeconfig.read(kubeconfig("server: 'https://west.example'", user)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + field + "' is not allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"certificate-authority: /etc/passwd", "proxy-url: 'http://a'", "tls-server-name: a"})
    void filesAndDetoursOfAClusterAreRefused(String cluster) {
        assertThatThrownBy(() ->
                        RemoteKubeconfig.read(kubeconfig("server: 'https://west.example', " + cluster, "token: t")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a: [", "[]", "current-context: east", "contexts: 7", "apiVersion: v1"})
    void whatIsNoKubeconfigIsRefused(String text) {
        assertThatThrownBy(() -> RemoteKubeconfig.read(text.getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aServerIsNeededAndSizeIsBounded() {
        assertThatThrownBy(() -> RemoteKubeconfig.read(kubeconfig("server: ''", "token: t")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RemoteKubeconfig.read(new byte[300_000]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most");
    }
}
