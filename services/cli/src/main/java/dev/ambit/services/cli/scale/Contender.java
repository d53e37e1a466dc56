package dev.ambit.services.cli.scale;

import dev.ambit.services.cli.lab.LabException;
import dev.ambit.services.cli.lab.MeshProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A control plane under test, and how it is started on the ports that both have by default. */
sealed interface Contender {
    int PLAINTEXT_PORT = 15_010;
    int TLS_PORT = 15_012;

    /** As reports show it. */
    String name();

    /** Starts it; returns when it says that it is ready. */
    Running start(Path kubeconfig, Path folder);

    /**
     * A control plane that runs.
     *
     * @param ready how long that took since the start
     */
    record Running(MeshProcess process, Duration ready) implements AutoCloseable {
        InetSocketAddress discovery() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), PLAINTEXT_PORT);
        }

        @Override
        public void close() {
            process.stop(Duration.ofSeconds(3));
        }
    }

    /**
     * Ours, as it is shipped: with its start recorded. It is recorded here, because the record of the demo's mesh knows nothing of an API
     * server.
     *
     * @param home the checkout, with built services
     * @param jvmFlags more flags of the JVM
     */
    record Ours(Path home, List<String> jvmFlags) implements Contender {
        /** Within it the JVM has to write its record. */
        private static final Duration RECORDING = Duration.ofMinutes(2);

        private static final Duration READY = Duration.ofMinutes(3);
        private static final int READINESS_PORT = 15_021;

        @Override
        public String name() {
            return "ours";
        }

        @Override
        public Running start(Path kubeconfig, Path folder) {
            Path record = made(folder.resolve("ours")).resolve("start.aot");
            if (!Files.exists(record)) {
                try (Running rehearsal = start(kubeconfig, folder, "-XX:AOTCacheOutput=" + record)) {
                    rehearsal.process().stop(RECORDING);
                }
                if (!Files.exists(record)) {
                    throw new LabException("the start of our control plane could not be recorded");
                }
            }
            return start(kubeconfig, folder, "-XX:AOTCache=" + record);
        }

        private Running start(Path kubeconfig, Path folder, String recordFlag) {
            Path state = made(folder.resolve("ours"));
            var environment = new HashMap<String, String>();
            environment.put("CONFIG_SOURCE", "kubernetes");
            environment.put("KUBECONFIG", kubeconfig.toString());
            environment.put("POD_NAME", "istiod-bench");
            environment.put("CA_DIR", state.resolve("ca").toString());
            environment.put("TOKENS_DIR", state.resolve("tokens").toString());
            environment.put("TRUST_BUNDLE_FILE", state.resolve("root-cert.pem").toString());
            Path target = home.resolve("services/control-plane/target");
            var command = new ArrayList<String>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add(recordFlag);
            command.add("@" + home.resolve("deploy/jvm/control-plane.options"));
            command.addAll(jvmFlags);
            command.addAll(List.of(
                    "-Djava.io.tmpdir=" + made(state.resolve("tmp")),
                    "-cp",
                    target.resolve("control-plane-0.1.0-SNAPSHOT.jar") + ":" + target.resolve("lib") + "/*",
                    "dev.ambit.services.controlplane.Main"));
            return await(MeshProcess.start(name(), command, environment, state.resolve("log")), READINESS_PORT, READY);
        }
    }

    /** Istio's pilot-discovery for an ambient mesh outside of a cluster, without webhooks; everything else by its defaults. */
    record Peer(Path program) implements Contender {
        private static final Duration READY = Duration.ofMinutes(2);
        private static final int READINESS_PORT = 8080;

        public Peer {
            if (!Files.isExecutable(program)) {
                throw new LabException("--peer " + program + " is not an executable file");
            }
        }

        @Override
        public String name() {
            return "peer";
        }

        @Override
        public Running start(Path kubeconfig, Path folder) {
            Path state = made(folder.resolve("peer"));
            var environment = Map.of(
                    "PILOT_ENABLE_AMBIENT", "true",
                    "CLOUD_PLATFORM", "none",
                    "INJECTION_WEBHOOK_CONFIG_NAME", "",
                    "VALIDATION_WEBHOOK_CONFIG_NAME", "",
                    "POD_NAMESPACE", "istio-system",
                    "POD_NAME", "istiod-bench",
                    "HOME", state.toString());
            List<String> command = List.of(
                    program.toString(),
                    "discovery",
                    "--kubeconfig=" + kubeconfig,
                    "--grpcAddr=127.0.0.1:" + PLAINTEXT_PORT,
                    "--secureGRPCAddr=127.0.0.1:" + TLS_PORT,
                    "--httpsAddr=",
                    "--httpAddr=127.0.0.1:" + READINESS_PORT,
                    "--monitoringAddr=127.0.0.1:15014");
            return await(MeshProcess.start(name(), command, environment, state.resolve("log")), READINESS_PORT, READY);
        }
    }

    private static Running await(MeshProcess process, int port, Duration patience) {
        try {
            Duration ready = process.awaitReady(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), "/ready", patience);
            return new Running(process, ready);
        } catch (LabException e) {
            process.close();
            throw e;
        }
    }

    private static Path made(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
