package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** A whole mesh in a sandbox: the machines and pods of deploy/samples/demo, every service a process. */
final class MeshUnderTest implements AutoCloseable {
    static final String CONTROL_PLANE = "control-plane";
    /** Where the mesh's files are, inside. */
    static final String FOLDER = "/run/ambit";

    private static final Duration READY = Duration.ofMinutes(2);
    private static final Map<String, String> ADDRESSES = Map.ofEntries(
            Map.entry("control", "10.77.0.10"),
            Map.entry("node-a", "10.77.0.1"),
            Map.entry("node-b", "10.77.0.2"),
            Map.entry("next-a", "10.77.0.21"),
            Map.entry("next-b", "10.77.0.22"),
            Map.entry("shop-cart", "10.78.1.1"),
            Map.entry("shop-catalog", "10.78.1.2"),
            Map.entry("legacy-scanner", "10.78.1.3"),
            Map.entry("shop-late", "10.78.1.4"),
            Map.entry("shop-payments", "10.78.2.1"),
            Map.entry("shop-reviews", "10.78.2.2"),
            Map.entry("shop-waypoint", "10.78.2.3"),
            Map.entry("shop-sandwich", "10.78.2.4"),
            Map.entry("istio-system-eastwest", "10.78.2.5"));

    private final Path root = Checkout.require();
    private final MeshSetup setup;
    private final Sandbox sandbox;
    private final Map<String, MeshProcess> processes = new HashMap<>();
    private final Map<String, Pod> machines = new LinkedHashMap<>();

    private MeshUnderTest(MeshSetup setup) {
        this.setup = setup;
        sandbox = new Sandbox(
                List.of("--mount", "--net", "--pid", "--mount-proc"),
                "mount -t tmpfs -o mode=0755 ambit /run; mkdir -p /run/netns " + FOLDER
                        + "/{manifests,pod-status,ca,tokens,logs,crl,tmp}; bash -c \"$1\"",
                networkScript());
    }

    /** A mesh in which every process is ready and every pod of shop is enrolled. */
    static MeshUnderTest start() {
        return start(MeshSetup.OURS);
    }

    static MeshUnderTest start(MeshSetup setup) {
        Await.step("starting a mesh: control plane, two nodes, five pods" + setup.described());
        var mesh = new MeshUnderTest(setup);
        try {
            mesh.raise();
            return mesh;
        } catch (RuntimeException | AssertionError e) {
            mesh.close();
            throw e;
        }
    }

    private void raise() {
        ADDRESSES.forEach((name, address) -> machines.put(
                name, new Pod(name, address, LinuxNetworkNamespace.open(sandbox.path("/run/netns/" + name)))));
        machines.values().stream()
                .filter(machine -> machine.address().startsWith("10.78."))
                .forEach(Pod::serve);
        setup.cluster().ifPresentOrElse(this::reach, this::writeManifests);
        startControlPlane();
        awaitReady("control", 15_021);
        for (String node : List.of("node-a", "node-b")) {
            startAgent(node);
            startZtunnel("ztunnel-" + node, node, node);
        }
        for (String node : List.of("node-a", "node-b")) {
            awaitReady(node, 15_021);
            awaitReady(node, 8000);
        }
        call("shop-cart", "shop-payments", "shop-payments hears 10.78.1.1");
    }

    private void reach(ClusterUnderTest cluster) {
        Stream.of("control", "node-a", "node-b").map(this::machine).forEach(cluster::reachFrom);
    }

    private void writeManifests() {
        try (Stream<Path> samples = Files.list(root.resolve("deploy/samples/demo/mesh"))) {
            samples.forEach(file -> write(String.valueOf(file.getFileName()), read(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        setup.manifests().forEach(name -> write(name, MeshSetup.resource(name)));
    }

    private void startControlPlane() {
        var environment = new HashMap<>(setup.controlPlane());
        environment.putAll(setup.cluster().map(ClusterUnderTest::controlPlane).orElseGet(this::ofFolder));
        start(CONTROL_PLANE, "control", java("control-plane", "controlplane"), environment);
    }

    private Map<String, String> ofFolder() {
        return Map.of(
                "CONFIG_SOURCE", "manifests",
                "MANIFESTS_DIR", FOLDER + "/manifests",
                "POD_STATUS_DIR", FOLDER + "/pod-status",
                "CA_DIR", FOLDER + "/ca",
                // One clock for all, and certificates too short-lived to begin in the past.
                "CA_BACKDATE", "0s",
                "TOKENS_DIR", FOLDER + "/tokens",
                "TRUST_BUNDLE_FILE", FOLDER + "/root-cert.pem");
    }

    private void startAgent(String node) {
        var environment = new HashMap<>(setup.cluster()
                .map(ClusterUnderTest::agent)
                .orElse(Map.of(
                        "CONFIG_SOURCE", "manifests",
                        "MANIFESTS_DIR", FOLDER + "/manifests",
                        "POD_STATUS_DIR", FOLDER + "/pod-status")));
        environment.putAll(Map.of(
                "NODE_NAME",
                node,
                "ZDS_SERVER_ADDRESS",
                FOLDER + "/" + node + "/ztunnel.sock",
                "NETNS_PATTERN",
                "/run/netns/{namespace}-{name}"));
        start("cni-" + node, node, java("cni-agent", "cniagent"), environment);
    }

    /** Starts a ztunnel of the node on a machine, perhaps beside another of the same node. */
    void startZtunnel(String name, String node, String machine) {
        startZtunnel(name, node, machine, Map.of());
    }

    /** The same with more settings, which win. */
    void startZtunnel(String name, String node, String machine, Map<String, String> settings) {
        String pod = "ztunnel-" + node;
        String roots = FOLDER + "/root-cert.pem";
        String token = "tokens/istio-system_" + pod + "/istio-token";
        setup.cluster().ifPresent(cluster -> cluster.mount(pod, file(token), file("root-cert.pem")));
        String address = "https://10.77.0.10:15012";
        var environment = new HashMap<>(Map.of(
                "NODE_NAME", node,
                "POD_NAME", pod,
                "POD_NAMESPACE", "istio-system",
                "INSTANCE_IP", Objects.requireNonNull(ADDRESSES.get(machine)),
                "XDS_ADDRESS", address,
                "CA_ADDRESS", address,
                "XDS_ROOT_CA", roots,
                "CA_ROOT_CA", roots));
        environment.putAll(Map.of(
                "ALT_XDS_HOSTNAME",
                "istiod.istio-system.svc",
                "ALT_CA_HOSTNAME",
                "istiod.istio-system.svc",
                "AUTH_TOKEN",
                FOLDER + "/" + token,
                "INPOD_UDS",
                FOLDER + "/" + node + "/ztunnel.sock"));
        environment.putAll(setup.environment());
        setup.staticFile().ifPresent(resource -> {
            // Lines that begin so are one node's.
            String text = MeshSetup.resource(resource).replace("#" + node + " ", "");
            write(file("tmp/" + node + "-" + resource), text);
            environment.put("XDS_ADDRESS", "");
            environment.put("LOCAL_XDS_PATH", FOLDER + "/tmp/" + node + "-" + resource);
        });
        environment.putAll(settings);
        List<String> command = setup.peerAt(machine).map(List::of).orElseGet(() -> java("ztunnel", "ztunnel"));
        start(name, machine, command, environment);
    }

    private void start(String name, String machine, List<String> program, Map<String, String> environment) {
        String init = Long.toString(sandbox.pid());
        var command = new ArrayList<>(List.of("nsenter", "-t", init, "-m", "-p"));
        command.addAll(List.of("--net=" + sandbox.path("/run/netns/" + machine), "--"));
        command.addAll(program);
        processes.put(name, new MeshProcess(name, command, environment, file("logs/" + name + ".log")));
    }

    private List<String> java(String module, String packageName) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(List.of("-XX:-UsePerfData", "-Djava.io.tmpdir=" + FOLDER + "/tmp"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        Path jar = Checkout.jar(root, module);
        command.addAll(List.of("-cp", jar + ":" + jar.resolveSibling("lib") + "/*"));
        command.add("dev.ambit.services." + packageName + ".Main");
        return command;
    }

    void awaitReady(String machine, int port) {
        Pod node = machine(machine);
        var address = new InetSocketAddress(node.address(), port);
        try {
            Await.until(
                    READY,
                    machine + ":" + port + " is ready",
                    () -> node.get(address, "/healthz/ready").startsWith("ready"));
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + "\n" + logs(), late);
        }
    }

    /** Calls the application of the other pod, from the first, and expects this answer within 5 s. */
    void call(String from, String to, String answer) {
        Await.asserted(Duration.ofSeconds(5), () -> assertThat(get(from, to)).isEqualTo(answer));
    }

    String get(String from, String to) {
        return machine(from).get(machine(to).application());
    }

    Pod machine(String name) {
        return Objects.requireNonNull(machines.get(name), name);
    }

    /** The one control plane there is. */
    MeshProcess controlPlane() {
        return process(CONTROL_PLANE);
    }

    MeshProcess process(String name) {
        return Objects.requireNonNull(processes.get(name), name);
    }

    /** Everybody is still there: whatever was done to the mesh took no process down. */
    void expectAllAlive() {
        processes.forEach((name, process) ->
                assertThat(process.isAlive()).as(name + " lives").isTrue());
    }

    /** Runs a command inside the sandbox. */
    String run(String... command) {
        return sandbox.run(command);
    }

    /** The value of one series, by its beginning; 0 if it is not there. */
    double metric(String machine, int port, String series) {
        Pod node = machine(machine);
        return node.get(new InetSocketAddress(node.address(), port), "/metrics")
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** A file in the mesh's folder, as seen from here. */
    Path file(String name) {
        return sandbox.path(FOLDER + "/" + name);
    }

    String manifest(String name) {
        return read(file("manifests/" + name));
    }

    /** Writes a manifest as a careful editor does: whole or not at all. */
    void write(String name, String yaml) {
        try {
            Path draft = file("tmp/" + name);
            Files.writeString(draft, yaml);
            Files.move(draft, file("manifests/" + name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String name) {
        try {
            Files.delete(file("manifests/" + name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String logs() {
        var all = new StringBuilder();
        processes.forEach(
                (name, process) -> all.append("--- ").append(name).append('\n').append(process.text(0)));
        return all.toString();
    }

    private static String networkScript() {
        try (var script = MeshUnderTest.class.getResourceAsStream("network.sh")) {
            return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        machines.values().forEach(Pod::close);
        sandbox.close();
    }
}
