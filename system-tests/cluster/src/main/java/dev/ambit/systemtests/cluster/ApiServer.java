package dev.ambit.systemtests.cluster;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A kube-apiserver with an etcd, both real, on loopback: RBAC and validation are as in any cluster. There is no node, no
 * scheduler and no controller: what a test does not write is not there, pods stay as they are written, and a deleted
 * namespace does not go away. Of the admission plugins {@code ServiceAccount} is off, so a pod may name an account that
 * nobody made.
 *
 * <p>Everything is below one temporary folder, which goes when this is closed.
 */
public final class ApiServer implements AutoCloseable {
    private static final long READY_SECONDS = 120;
    private static final long STOP_SECONDS = 30;

    private final ServerFiles files;
    private final ClusterBuild build;
    private final Child etcd;
    private final KubernetesClient admin;
    private final List<KubernetesClient> clients = new ArrayList<>();
    private Child server;

    private ApiServer(ClusterBuild build, ServerFiles files) {
        this.build = build;
        this.files = files;
        this.etcd = Child.start(files.folder(), "etcd", files.etcd(build.program()));
        this.server = startServer();
        this.admin = client(files.adminToken());
    }

    /** The one for all tests of this JVM that do not stop it or look at the whole of it. It ends with the JVM. */
    public static ApiServer shared() {
        return Shared.SERVER;
    }

    private static final class Shared {
        private static final ApiServer SERVER = start();
    }

    /**
     * Starts one, and returns when it is ready: two to five seconds on an idle machine.
     *
     * @throws IllegalStateException if it does not become ready, with the end of its log
     */
    public static ApiServer start() {
        var files = ServerFiles.create();
        Runtime.getRuntime().addShutdownHook(new Thread(files::delete, "cluster-files"));
        return new ApiServer(ClusterBuild.find(), files);
    }

    private Child startServer() {
        Child started = Child.start(files.folder(), "kube-apiserver", files.kubeApiserver(build.program()));
        try {
            awaitReady(started);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the API server started", interrupted);
        }
        return started;
    }

    private void awaitReady(Child started) throws InterruptedException {
        var probe = new ReadyProbe(files);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (!probe.isReady()) {
            if (!started.isAlive() || !etcd.isAlive() || System.nanoTime() > deadline) {
                Child culprit = etcd.isAlive() ? started : etcd;
                String words = culprit.lastWords();
                started.close();
                etcd.close();
                throw new IllegalStateException("the API server did not become ready; its last words:\n" + words);
            }
            probe.pause();
        }
    }

    /** Its address, such as {@code https://127.0.0.1:40123}. */
    public String url() {
        return files.url();
    }

    /** A PEM file with the certificate authority of its certificate. */
    public Path caFile() {
        return files.servingCertificate();
    }

    /** The token of somebody who may do everything, for clients of one's own. */
    public String adminToken() {
        return files.adminToken();
    }

    /** A client that may do everything. Closed with the server. */
    public KubernetesClient admin() {
        return admin;
    }

    /** A client with a token of this service account, which is made if it is not there. Closed with the server. */
    public KubernetesClient as(String namespace, String serviceAccount) {
        return client(token(namespace, serviceAccount));
    }

    /** A token of this service account, which is made if it is not there; without audiences it is for the API server. */
    public String token(String namespace, String serviceAccount, String... audiences) {
        namespace(namespace);
        var account = new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(serviceAccount)
                .endMetadata()
                .build();
        admin.resource(account).serverSideApply();
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withAudiences(audiences)
                .endSpec()
                .build();
        return admin.serviceAccounts()
                .inNamespace(namespace)
                .withName(serviceAccount)
                .tokenRequest(request)
                .getStatus()
                .getToken();
    }

    /** What a Secret has under this key, as text; empty if there is no such Secret or key. */
    public Optional<String> secret(String namespace, String name, String key) {
        return Optional.ofNullable(
                        admin.secrets().inNamespace(namespace).withName(name).get())
                .map(secret -> secret.getData().get(key))
                .map(base64 -> new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
    }

    /** Makes a namespace if it is not there; one that is there stays as it is. */
    public void namespace(String name) {
        if (admin.namespaces().withName(name).get() == null) {
            admin.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .endMetadata()
                            .build())
                    .create();
        }
    }

    /** How a program that is given this token reaches the server. Nothing is read from the environment. */
    public Config config(String token) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(url())
                .withCaCertFile(caFile().toString())
                .withOauthToken(token)
                .build();
    }

    private synchronized KubernetesClient client(String token) {
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config(token)).build();
        clients.add(client);
        return client;
    }

    /** Writes a kubeconfig file with this token. */
    public Path kubeconfig(String token) {
        return files.kubeconfig(token);
    }

    /** A kubeconfig file of somebody who may do everything. */
    public Path adminKubeconfig() {
        return kubeconfig(files.adminToken());
    }

    /** Installs the Gateway API's and Istio's custom resource definitions, and waits until their kinds are served. */
    public void installCrds() {
        CustomDefinitions.install(admin, build.crds(), _ -> true);
    }

    /** The same for those whose group this is, such as {@code security.istio.io}. */
    public void installCrds(String group) {
        CustomDefinitions.install(admin, build.crds(), group::equals);
    }

    /** Ends the API server at once, as a crash does; etcd keeps what was written. */
    public void stopServer() {
        server.close();
    }

    /** Ends the API server as an upgrade does. */
    public void stopServerGently() {
        try {
            if (!server.stop(STOP_SECONDS)) {
                server.close();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            server.close();
        }
    }

    /** Starts it again after a stop, at the same address; returns when it is ready. */
    public void startAgain() {
        server = startServer();
    }

    /** Has etcd forget every earlier version of every object, as it does by itself every five minutes. */
    public void compact() {
        new EtcdCompaction(files.etcdUrl()).compact();
    }

    @Override
    public void close() {
        clients.forEach(KubernetesClient::close);
        server.close();
        etcd.close();
        files.delete();
    }
}
