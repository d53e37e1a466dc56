package dev.ambit.services.cli.demo;

import dev.ambit.services.cli.lab.EchoServer;
import dev.ambit.services.cli.lab.LabException;
import dev.ambit.services.cli.lab.Mesh;
import dev.ambit.services.cli.lab.NameLookup;
import dev.ambit.services.cli.lab.Network;
import dev.ambit.services.cli.lab.Network.Node;
import dev.ambit.services.cli.lab.Network.Pod;
import dev.ambit.services.cli.lab.Pause;
import dev.ambit.services.cli.lab.PodClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The machines, pods and YAML of the demonstration. Addresses are those of deploy/samples/demo. */
final class DemoMesh implements AutoCloseable {
    static final Node CONTROL = new Node("control", "10.77.0.10", "");
    static final Node NODE_A = new Node("node-a", "10.77.0.1", "10.78.1");
    static final Node NODE_B = new Node("node-b", "10.77.0.2", "10.78.2");
    static final Pod CART = new Pod("shop", "cart", "10.78.1.1", NODE_A);
    static final Pod CATALOG = new Pod("shop", "catalog", "10.78.1.2", NODE_A);
    static final Pod SCANNER = new Pod("legacy", "scanner", "10.78.1.3", NODE_A);
    static final Pod PAYMENTS = new Pod("shop", "payments", "10.78.2.1", NODE_B);
    static final Pod REVIEWS = new Pod("shop", "reviews", "10.78.2.2", NODE_B);
    static final List<Pod> PODS = List.of(CART, CATALOG, SCANNER, PAYMENTS, REVIEWS);
    static final InetSocketAddress CATALOG_SERVICE = new InetSocketAddress("10.96.0.2", 80);
    static final InetSocketAddress PAYMENTS_SERVICE = new InetSocketAddress("10.96.0.3", 80);
    static final int APP_PORT = 8080;

    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(8);
    private static final Duration NEWS = Duration.ofSeconds(10);
    private static final int ADMIN_PORT = 15_000;
    private static final Pattern IN_THE_MESH = Pattern.compile("\"protocol\"\\s*:\\s*\"HBONE\"");

    /** All but the scanner. */
    private static final int ENROLLED = PODS.size() - 1;

    private final Network network = new Network();
    private final List<EchoServer> applications = new ArrayList<>();
    private final Path samples;
    private final Mesh mesh;

    DemoMesh(Path home, Path folder, Mesh.Options options) {
        samples = home.resolve("deploy/samples/demo");
        mesh = new Mesh(network, home, folder, options);
    }

    Network network() {
        return network;
    }

    Mesh mesh() {
        return mesh;
    }

    /** Builds the network, starts the pods' applications and lays the operator's YAML out. */
    void prepare() {
        network.build(List.of(CONTROL, NODE_A, NODE_B), PODS);
        for (Pod pod : PODS) {
            applications.add(EchoServer.start(pod.name(), network.namespace(pod.netns()), APP_PORT));
        }
        try (Stream<Path> files = Files.list(samples.resolve("mesh"))) {
            files.forEach(file -> publish(file, file.getFileName().toString()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the samples in " + samples, e);
        }
    }

    /** Starts every process of the mesh and tells how long each took to be ready, in order of starting. */
    Map<String, Duration> start() {
        var ready = new LinkedHashMap<String, Duration>();
        ready.put("control-plane", mesh.startControlPlane(CONTROL));
        for (Node node : List.of(NODE_A, NODE_B)) {
            mesh.startAgent(node);
            mesh.startZtunnel(node, CONTROL);
        }
        for (Node node : List.of(NODE_A, NODE_B)) {
            ready.put("ztunnel-" + node.name(), mesh.awaitZtunnel(node));
            ready.put("cni-" + node.name(), mesh.awaitAgent(node));
        }
        for (Node node : List.of(NODE_A, NODE_B)) {
            awaitNews(node);
        }
        return ready;
    }

    /**
     * A pod that was enrolled a moment ago is in the mesh for others when their proxies have heard of it. Until then they call it
     * in plaintext, and such a connection ends when they hear.
     */
    private void awaitNews(Node node) {
        var admin = new InetSocketAddress(InetAddress.getLoopbackAddress(), ADMIN_PORT);
        var client = new PodClient(network.namespace(node.name()), CALL_TIMEOUT);
        if (!Pause.until(
                NEWS,
                () -> client.get(admin, "/config_dump") instanceof PodClient.Answer.Ok(String dump)
                        && IN_THE_MESH.matcher(dump).results().count() >= ENROLLED)) {
            throw new LabException("ztunnel of " + node.name() + " has not heard of every enrolled pod within "
                    + NEWS.toSeconds() + " s; its log is " + ztunnelLog(node));
        }
    }

    /** Copies a step's YAML into the folder that the mesh watches. */
    void apply(String step) {
        publish(samples.resolve("steps").resolve(step), step);
    }

    void withdraw(String step) {
        try {
            Files.delete(mesh.manifests().resolve(step));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void publish(Path file, String name) {
        try {
            Files.copy(file, mesh.manifests().resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy " + file + " into " + mesh.manifests(), e);
        }
    }

    PodClient in(Pod pod) {
        return new PodClient(network.namespace(pod.netns()), CALL_TIMEOUT);
    }

    NameLookup namesOf(Pod pod) {
        return new NameLookup(network.namespace(pod.netns()), CALL_TIMEOUT);
    }

    static InetSocketAddress application(Pod pod) {
        return new InetSocketAddress(pod.address(), APP_PORT);
    }

    Path ztunnelLog(Node node) {
        return mesh.log("ztunnel-" + node.name());
    }

    /** Fails with the log of a process that has died. */
    void expectAlive() {
        mesh.processes().stream()
                .filter(process -> !process.isAlive())
                .findFirst()
                .ifPresent(process -> {
                    throw new LabException(process.name() + " has died:\n" + process.tail());
                });
    }

    @Override
    public void close() {
        mesh.close();
        applications.forEach(EchoServer::close);
        network.close();
    }
}
