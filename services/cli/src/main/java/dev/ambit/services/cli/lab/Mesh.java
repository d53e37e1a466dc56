package dev.ambit.services.cli.lab;

import dev.ambit.services.cli.lab.Network.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The mesh's own processes: a control plane on its machine, and per node one ztunnel and one node agent, started as a
 * cluster would start them: by command line, environment and files.
 */
public final class Mesh implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(60);
    private static final Duration READY_AMONG_MANY = Duration.ofMinutes(5);
    private static final int XDS_PORT = 15_012;
    private static final int READINESS_PORT = 15_021;
    private static final int AGENT_READINESS_PORT = 8000;

    /** Two nodes run the same programs; one record of each is enough. */
    private static final String RECORDED_TWICE = "node-b";

    private static final Duration STOP = Duration.ofSeconds(8);

    /** A record is put together at the end, which takes a busy machine a while. */
    private static final Duration STOP_RECORDING = Duration.ofMinutes(4);

    private final Network network;
    private final Path home;
    private final Path folder;
    private final Options options;
    private final Map<String, MeshProcess> processes = new LinkedHashMap<>();

    /**
     * How the mesh is run.
     *
     * @param transport of ztunnel
     * @param secretTtl certificate validity that ztunnels ask for
     * @param ztunnel a command to run instead of our own ztunnel; empty for our own
     * @param jvmFlags more flags for our own ztunnel's JVM, such as a profiler's
     * @param environment more of it for ztunnel, ours or not
     * @param manyObjects whether there are tens of thousands of manifests, which take the control plane memory and time
     * @param recording whether our processes record their start for later ones, when they end
     */
    public record Options(
            String transport,
            Duration secretTtl,
            List<String> ztunnel,
            List<String> jvmFlags,
            Map<String, String> environment,
            boolean manyObjects,
            boolean recording) {
        /** What this version's ztunnel has. */
        private static final Set<String> TRANSPORTS = Set.of("netty");

        public Options {
            if (!TRANSPORTS.contains(transport)) {
                throw new LabException(
                        "transport '" + transport + "' is not in this version; choose one of " + TRANSPORTS);
            }
            ztunnel = List.copyOf(ztunnel);
            jvmFlags = List.copyOf(jvmFlags);
            environment = Map.copyOf(environment);
        }

        /** As a cluster would run it. */
        public Options(String transport, Duration secretTtl, List<String> ztunnel, List<String> jvmFlags) {
            this(transport, secretTtl, ztunnel, jvmFlags, Map.of(), false, false);
        }

        /** The same, with more environment for ztunnel. */
        public Options with(Map<String, String> more) {
            return new Options(transport, secretTtl, ztunnel, jvmFlags, more, manyObjects, recording);
        }

        /** The same, with as many manifests as a large cluster has objects. */
        public Options withManyObjects() {
            return new Options(transport, secretTtl, ztunnel, jvmFlags, environment, true, recording);
        }

        /** The same, recording. */
        public Options recorded() {
            return new Options(transport, secretTtl, ztunnel, jvmFlags, environment, manyObjects, true);
        }
    }

    /**
     * Prepares the folder; nothing runs yet.
     *
     * @param home the checkout, with built services
     * @param folder for manifests, keys, sockets and logs
     */
    public Mesh(Network network, Path home, Path folder, Options options) {
        this.network = network;
        this.home = home;
        this.folder = folder;
        this.options = options;
        for (String part : List.of("manifests", "node-manifests", "pod-status", "ca", "tokens", "logs", "tmp")) {
            try {
                Files.createDirectories(folder.resolve(part));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot make the lab's folder " + folder, e);
            }
        }
    }

    /** Where the operator's YAML goes. */
    public Path manifests() {
        return folder.resolve("manifests");
    }

    /**
     * Where node agents look for their pods: there as well, except among many objects, of which a cluster's API would show an
     * agent those of its node only.
     */
    public Path nodeManifests() {
        return options.manyObjects() ? folder.resolve("node-manifests") : manifests();
    }

    /** The output of a process. */
    public Path log(String process) {
        return folder.resolve("logs").resolve(process + ".log");
    }

    public Path folder() {
        return folder;
    }

    public MeshProcess process(String name) {
        MeshProcess process = processes.get(name);
        if (process == null) {
            throw new LabException("no process called " + name + " in this lab: " + processes.keySet());
        }
        return process;
    }

    public List<MeshProcess> processes() {
        return List.copyOf(processes.values());
    }

    /** Starts the control plane; returns how long it took to be ready. */
    public Duration startControlPlane(Node machine) {
        var environment = new HashMap<String, String>();
        environment.put("CONFIG_SOURCE", "manifests");
        environment.put("MANIFESTS_DIR", manifests().toString());
        environment.put("POD_STATUS_DIR", folder.resolve("pod-status").toString());
        environment.put("CA_DIR", folder.resolve("ca").toString());
        environment.put("TOKENS_DIR", folder.resolve("tokens").toString());
        environment.put("TRUST_BUNDLE_FILE", folder.resolve("root-cert.pem").toString());
        // The lab's clocks are one clock, and its certificates so short-lived that back-dating would renew them at
        // once.
        environment.put("CA_BACKDATE", "0s");
        List<String> command = java("control-plane", "controlplane", machine, controlPlaneFlags());
        MeshProcess process = start("control-plane", machine, command, environment);
        return process.awaitReady(
                new InetSocketAddress(machine.address(), READINESS_PORT), "/healthz/ready", patience());
    }

    /** Starts a node's agent; it is ready only when its node's pods are in the mesh, so this does not wait. */
    public MeshProcess startAgent(Node node) {
        var environment = new HashMap<String, String>();
        environment.put("NODE_NAME", node.name());
        environment.put("CONFIG_SOURCE", "manifests");
        environment.put("MANIFESTS_DIR", nodeManifests().toString());
        environment.put("POD_STATUS_DIR", folder.resolve("pod-status").toString());
        environment.put("ZDS_SERVER_ADDRESS", socket(node).toString());
        environment.put("NETNS_PATTERN", "/run/netns/{namespace}-{name}");
        return start("cni-" + node.name(), node, java("cni-agent", "cniagent", node, List.of()), environment);
    }

    /** Waits until the node's agent listens for its ztunnel. */
    public void awaitSocket(Node node) {
        if (!Pause.until(READY, () -> Files.exists(socket(node)))) {
            throw new LabException("the agent of " + node.name() + " does not listen:\n"
                    + process("cni-" + node.name()).tail());
        }
    }

    /** Waits until every pod of the node is in the mesh. */
    public Duration awaitAgent(Node node) {
        return process("cni-" + node.name())
                .awaitReady(new InetSocketAddress(node.address(), AGENT_READINESS_PORT), "/readyz", READY);
    }

    /** Starts a node's ztunnel, which is ready only when the node's agent has spoken to it, so this does not wait. */
    public MeshProcess startZtunnel(Node node, Node controlPlane) {
        String pod = "ztunnel-" + node.name();
        String address = "https://" + controlPlane.address() + ":" + XDS_PORT;
        var environment = new HashMap<String, String>();
        environment.put("NODE_NAME", node.name());
        environment.put("POD_NAME", pod);
        environment.put("POD_NAMESPACE", "istio-system");
        environment.put("INSTANCE_IP", node.address());
        environment.put("TRANSPORT", options.transport());
        environment.put("XDS_ADDRESS", address);
        environment.put("CA_ADDRESS", address);
        environment.put("ALT_XDS_HOSTNAME", "istiod.istio-system.svc");
        environment.put("ALT_CA_HOSTNAME", "istiod.istio-system.svc");
        environment.put("XDS_ROOT_CA", folder.resolve("root-cert.pem").toString());
        environment.put("CA_ROOT_CA", folder.resolve("root-cert.pem").toString());
        environment.put(
                "AUTH_TOKEN",
                folder.resolve("tokens/istio-system_" + pod + "/istio-token").toString());
        environment.put("INPOD_UDS", socket(node).toString());
        environment.put("SECRET_TTL", options.secretTtl().toSeconds() + "s");
        environment.putAll(options.environment());
        List<String> command =
                options.ztunnel().isEmpty() ? java("ztunnel", "ztunnel", node, options.jvmFlags()) : options.ztunnel();
        return start(pod, node, command, environment);
    }

    public Duration awaitZtunnel(Node node) {
        return process("ztunnel-" + node.name())
                .awaitReady(new InetSocketAddress(node.address(), READINESS_PORT), "/healthz/ready", patience());
    }

    private Duration patience() {
        return options.manyObjects() ? READY_AMONG_MANY : READY;
    }

    private List<String> controlPlaneFlags() {
        return options.manyObjects() ? List.of("-Xmx3g") : List.of();
    }

    private Path socket(Node node) {
        return folder.resolve(node.name()).resolve("ztunnel.sock");
    }

    private MeshProcess start(String name, Node machine, List<String> command, Map<String, String> environment) {
        MeshProcess process =
                MeshProcess.start(name, network.namespace(machine.name()), command, environment, log(name));
        processes.put(name, process);
        return process;
    }

    /** The command of one of our services; the flags come after those that it ships with, so that they win. */
    private List<String> java(String module, String packageName, Node machine, List<String> flags) {
        Path target = home.resolve("services").resolve(module).resolve("target");
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (options.recording()) {
            if (!machine.name().equals(RECORDED_TWICE)) {
                command.add("-XX:AOTCacheOutput=" + RecordedStart.file(home, module));
            }
        } else {
            RecordedStart.current(home, module).ifPresent(record -> command.add("-XX:AOTCache=" + record));
        }
        command.add("@" + options(module));
        command.addAll(flags);
        command.addAll(List.of(
                // Native libraries belong into the lab too, or they would outlive it in /tmp.
                "-Djava.io.tmpdir=" + folder.resolve("tmp"),
                "-cp",
                target.resolve(module + "-0.1.0-SNAPSHOT.jar") + ":" + target.resolve("lib") + "/*",
                "dev.ambit.services." + packageName + ".Main"));
        return command;
    }

    private Path options(String module) {
        return home.resolve("deploy/jvm").resolve(module + ".options");
    }

    /** Stops everything, the node proxies first, as a cluster would. */
    @Override
    public void close() {
        List<MeshProcess> inOrder = new ArrayList<>(processes.values());
        Duration patience = options.recording() ? STOP_RECORDING : STOP;
        inOrder.reversed().forEach(process -> process.stop(patience));
        processes.clear();
    }
}
