package dev.ambit.adapters.k8s.cluster;

import dev.ambit.ports.configuration.ConfigurationException;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The way to one API server, shared by everything that needs it; closed by whoever opened it, last. */
public final class ClusterConnection implements AutoCloseable {
    private final ClusterOptions options;
    private final ExecutorService tasks = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("cluster-", 0).factory());
    private final ApiAnswers answers = new ApiAnswers();
    private final KubernetesClient watching;
    private final KubernetesClient client;

    private ClusterConnection(ClusterOptions options, Config config) {
        this.options = options;
        this.watching = builder(config, LeanObjects.serialization())
                .withHttpClientBuilderConsumer(
                        builder -> builder.addOrReplaceInterceptor(ApiAnswers.class.getName(), answers))
                .build();
        this.client = builder(config, new KubernetesSerialization()).build();
    }

    /**
     * Reads how to connect; does not connect yet.
     *
     * @throws ConfigurationException if the kubeconfig cannot be used, or there is none and this is no pod
     */
    public static ClusterConnection open(ClusterOptions options) {
        Config config = options.kubeconfig().map(ClusterConnection::read).orElseGet(ClusterConnection::ofPod);
        return remote(options, config);
    }

    /** Of another cluster, as its own configuration says and nothing around us; does not connect yet. */
    static ClusterConnection remote(ClusterOptions options, Config config) {
        config.setWatchReconnectInterval((int) options.reconnect().toMillis());
        config.setRequestTimeout((int) options.requestTimeout().toMillis());
        return new ClusterConnection(options, config);
    }

    private static Config read(Path kubeconfig) {
        if (!Files.isReadable(kubeconfig)) {
            throw new ConfigurationException("the kubeconfig " + kubeconfig + " cannot be read");
        }
        try {
            return Config.fromKubeconfig(kubeconfig.toFile());
        } catch (KubernetesClientException | IllegalArgumentException broken) {
            throw new ConfigurationException("the kubeconfig " + kubeconfig + " cannot be used: " + broken, broken);
        }
    }

    private static Config ofPod() {
        if (System.getenv("KUBERNETES_SERVICE_HOST") == null) {
            throw new ConfigurationException("this is no pod of a cluster (KUBERNETES_SERVICE_HOST is not set): name a"
                    + " kubeconfig, or read manifests instead");
        }
        return Config.autoConfigure(null);
    }

    private KubernetesClientBuilder builder(Config config, KubernetesSerialization serialization) {
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(serialization)
                .withHttpClientFactory(new OnVirtualThreads())
                .withTaskExecutor(tasks);
    }

    /** Fabric8's own choice would keep a platform thread per event. */
    private final class OnVirtualThreads extends JdkHttpClientFactory {
        @Override
        protected HttpClient.Builder createNewHttpClientBuilder() {
            return HttpClient.newBuilder().executor(tasks);
        }
    }

    /** Gives objects without the fields that nobody here reads: never write one of them back. */
    KubernetesClient watching() {
        return watching;
    }

    /** Gives and takes whole objects. */
    public KubernetesClient client() {
        return client;
    }

    ApiAnswers answers() {
        return answers;
    }

    ClusterOptions options() {
        return options;
    }

    /** The API server's address. */
    public String url() {
        return client.getMasterUrl().toString();
    }

    @Override
    public void close() {
        watching.close();
        client.close();
        tasks.shutdownNow();
    }
}
