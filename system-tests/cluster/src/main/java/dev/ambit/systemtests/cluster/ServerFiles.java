package dev.ambit.systemtests.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The folder of one API server: keys, data, logs, and the arguments that point to them.
 *
 * @param adminToken of a member of {@code system:masters}
 */
record ServerFiles(Path folder, int serverPort, int etcdPort, int peerPort, String adminToken) {
    private static final String LOOPBACK = "127.0.0.1";

    static ServerFiles create() {
        try {
            Path folder = Files.createTempDirectory("ambit-cluster-");
            List<Integer> ports = freePorts(3);
            var files = new ServerFiles(
                    folder,
                    ports.get(0),
                    ports.get(1),
                    ports.get(2),
                    UUID.randomUUID().toString());
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair keys = generator.generateKeyPair();
            pem(folder.resolve("sa.key"), "PRIVATE KEY", keys.getPrivate().getEncoded());
            pem(folder.resolve("sa.pub"), "PUBLIC KEY", keys.getPublic().getEncoded());
            Files.writeString(
                    folder.resolve("tokens.csv"), files.adminToken + ",test-admin,test-admin,\"system:masters\"\n");
            return files;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** All at once, so that they differ. */
    private static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        var ports = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
            var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private static void pem(Path file, String type, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content);
        Files.writeString(file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }

    String url() {
        return "https://" + LOOPBACK + ":" + serverPort;
    }

    String etcdUrl() {
        return "http://" + LOOPBACK + ":" + etcdPort;
    }

    /** Self-signed, written by the API server at its first start. */
    Path servingCertificate() {
        return folder.resolve("serving").resolve("apiserver.crt");
    }

    List<String> etcd(Path program) {
        String peer = "http://" + LOOPBACK + ":" + peerPort;
        return List.of(
                program.toString(),
                "etcd",
                "--data-dir=" + folder.resolve("etcd"),
                // Nobody reads this data after a crash of the machine.
                "--unsafe-no-fsync",
                "--log-level=warn",
                "--listen-client-urls=" + etcdUrl(),
                "--advertise-client-urls=" + etcdUrl(),
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer);
    }

    List<String> kubeApiserver(Path program) {
        return List.of(
                program.toString(),
                "kube-apiserver",
                "--etcd-servers=" + etcdUrl(),
                "--bind-address=" + LOOPBACK,
                "--advertise-address=" + LOOPBACK,
                // The endpoints of the Service "kubernetes" may not be on loopback, and nobody uses them.
                "--endpoint-reconciler-type=none",
                "--secure-port=" + serverPort,
                "--cert-dir=" + folder.resolve("serving"),
                "--token-auth-file=" + folder.resolve("tokens.csv"),
                "--authorization-mode=RBAC",
                "--disable-admission-plugins=ServiceAccount",
                "--service-cluster-ip-range=10.96.0.0/16",
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                "--service-account-key-file=" + folder.resolve("sa.pub"),
                "--service-account-signing-key-file=" + folder.resolve("sa.key"),
                "--enable-priority-and-fairness=false",
                "--watch-cache-sizes=",
                "--shutdown-delay-duration=0s");
    }

    Path kubeconfig(String token) {
        try {
            Path file = Files.createTempFile(folder, "kubeconfig-", ".yaml");
            return Files.writeString(file, """
                    apiVersion: v1
                    kind: Config
                    current-context: test
                    contexts: [{name: test, context: {cluster: test, user: test}}]
                    clusters: [{name: test, cluster: {server: "%s", certificate-authority: "%s"}}]
                    users: [{name: test, user: {token: "%s"}}]
                    """.formatted(url(), servingCertificate(), token));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Also while programs still write there: what is left then is left in the temporary folder. */
    void delete() {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException | UncheckedIOException _) {
            // It is gone already, or goes with the machine's temporary files.
        }
    }
}
