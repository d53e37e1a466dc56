package dev.ambit.services.cli.bench;

import dev.ambit.services.cli.bench.Measurement.Test;
import dev.ambit.services.cli.lab.EchoServer;
import dev.ambit.services.cli.lab.Mesh;
import dev.ambit.services.cli.lab.MeshProcess;
import dev.ambit.services.cli.lab.Network;
import dev.ambit.services.cli.lab.Network.Node;
import dev.ambit.services.cli.lab.Network.Pod;
import dev.ambit.services.cli.lab.Pause;
import dev.ambit.services.cli.lab.ProcessUsage;
import dev.ambit.services.cli.lab.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Measures paths between two pods on two nodes, in turn and in rounds: direct TCP between pods outside the mesh, and the
 * HBONE path through each kind of node proxy between pods in it. Same nodes, same links, same load.
 */
final class BenchRun implements AutoCloseable {
    private static final Node CONTROL = new Node("control", "10.77.0.10", "");
    private static final Node NODE_A = new Node("node-a", "10.77.0.1", "10.78.1");
    private static final Node NODE_B = new Node("node-b", "10.77.0.2", "10.78.2");
    private static final List<Pod> PODS = List.of(
            new Pod("bench", "client", "10.78.1.1", NODE_A),
            new Pod("bench", "server", "10.78.2.1", NODE_B),
            new Pod("plain", "client", "10.78.1.2", NODE_A),
            new Pod("plain", "server", "10.78.2.2", NODE_B),
            new Pod("bench", "neighbour", "10.78.1.3", NODE_A),
            new Pod("plain", "neighbour", "10.78.1.4", NODE_A));
    private static final int HTTP_PORT = 8080;
    private static final int BULK_PORT = 5201;
    private static final Duration SETTLED = Duration.ofSeconds(2);
    private static final Duration SETTLED_AMONG_MANY = Duration.ofSeconds(10);

    /** Longer than the millisecond after which an unused tunnel goes, with the slowness of a busy machine. */
    private static final Duration BETWEEN_TUNNELS = Duration.ofMillis(5);

    private final Network network = new Network();
    private final List<AutoCloseable> servers = new ArrayList<>();
    private final Sandbox sandbox;
    private final Duration warmUp;
    private final Duration perLoad;
    private final List<Test> loads;
    private final Consumer<String> progress;
    private final List<Start> starts = new ArrayList<>();

    /**
     * How a proxy started.
     *
     * @param readyMillis from its start until it answers that it is ready, with everything it needs already up
     * @param idleMiB resident memory two seconds later (ten among many workloads), of the larger of two
     */
    record Start(String path, double readyMillis, double idleMiB) {}

    /**
     * A path to measure.
     *
     * @param name as the report shows it
     * @param options how to run the mesh for it
     */
    record Route(String name, Mesh.Options options) {}

    BenchRun(Sandbox sandbox, Duration warmUp, Duration perLoad, List<Test> loads, Consumer<String> progress) {
        this.sandbox = sandbox;
        this.warmUp = warmUp;
        this.perLoad = perLoad;
        this.loads = List.copyOf(loads);
        this.progress = progress;
    }

    /** Builds the network and its servers. */
    void prepare() {
        network.build(List.of(CONTROL, NODE_A, NODE_B), PODS);
        for (Pod pod : PODS) {
            if (!pod.name().equals("client")) {
                servers.add(EchoServer.start(pod.netns(), network.namespace(pod.netns()), HTTP_PORT));
                servers.add(BulkServer.start(network.namespace(pod.netns()), BULK_PORT));
            }
        }
    }

    /** Every start of a proxy so far. */
    List<Start> starts() {
        return List.copyOf(starts);
    }

    /** One round: every load on the direct path and on each proxy's. */
    List<Measurement> round(int number, List<Route> paths) {
        List<Test> together = loads.stream().filter(test -> !test.hasOwnMesh()).toList();
        var measured = new ArrayList<Measurement>();
        if (!together.isEmpty()) {
            measured.addAll(measure("direct", "plain", number, together, List.of()));
        }
        for (Route path : paths) {
            if (!together.isEmpty()) {
                try (var mesh = mesh(path.name() + "-" + number, path.options())) {
                    publish(mesh);
                    measured.addAll(measure(path.name(), "bench", number, together, start(mesh, path.name())));
                }
            }
            if (loads.contains(Test.TUNNELS_NEW)) {
                measured.add(newTunnels(number, path));
            }
            if (loads.contains(Test.WORKLOADS_50000)) {
                startAmongMany(number, path);
            }
        }
        return measured;
    }

    private Mesh mesh(String folder, Mesh.Options options) {
        return new Mesh(network, sandbox.home(), sandbox.folder().resolve(folder), options);
    }

    /** A tunnel carries one connection and is closed a millisecond after it; the next one comes later. */
    private Measurement newTunnels(int number, Route path) {
        var once = Map.of("POOL_MAX_STREAMS_PER_CONNECTION", "1", "POOL_UNUSED_RELEASE_TIMEOUT", "1ms");
        try (var mesh = mesh(path.name() + "-tunnels-" + number, path.options().with(once))) {
            publish(mesh);
            List<MeshProcess> proxies = start(mesh, path.name() + " tunnels");
            loadOn("bench", "server", warmUp).connectionsApart(BETWEEN_TUNNELS);
            OpenedConnections before = OpenedConnections.in(network.namespace("bench-client"));
            Measurement measured = measureOnce(
                    path.name(),
                    "bench",
                    number,
                    Test.TUNNELS_NEW,
                    proxies.stream().map(MeshProcess::pid).toList());
            long opened =
                    OpenedConnections.in(network.namespace("bench-client")).count() - before.count();
            // The application's own, and one for the tunnel under it.
            double tunnels = opened / (measured.perSecond() * perLoad.toSeconds()) - 1;
            progress.accept(String.format("%s opened %.2f tunnels per connection", path.name(), tunnels));
            return measured;
        }
    }

    /** The larger of a mesh's own costs: everything that a proxy has to know before it is ready. */
    private void startAmongMany(int number, Route path) {
        var options = path.options().withManyObjects();
        try (var mesh = mesh(path.name() + "-many-" + number, options)) {
            publish(mesh);
            ManyWorkloads.write(mesh.manifests());
            start(mesh, path.name() + " 50000", List.of(NODE_A), SETTLED_AMONG_MANY);
        }
    }

    private void publish(Mesh mesh) {
        try {
            Files.writeString(mesh.manifests().resolve("bench.yaml"), BenchManifests.of(PODS));
            Files.writeString(mesh.nodeManifests().resolve("bench.yaml"), BenchManifests.of(PODS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<MeshProcess> start(Mesh mesh, String name) {
        return start(mesh, name, List.of(NODE_A, NODE_B), SETTLED);
    }

    private List<MeshProcess> start(Mesh mesh, String name, List<Node> nodes, Duration settled) {
        mesh.startControlPlane(CONTROL);
        var proxies = new ArrayList<MeshProcess>();
        nodes.forEach(mesh::startAgent);
        nodes.forEach(mesh::awaitSocket);
        // Everything a ztunnel needs is up and quiet, and it starts alone: what is measured is its own time.
        Pause.of(Duration.ofSeconds(3));
        double slowest = 0;
        for (Node node : nodes) {
            proxies.add(mesh.startZtunnel(node, CONTROL));
            Duration ready = mesh.awaitZtunnel(node);
            mesh.awaitAgent(node);
            slowest = Math.max(slowest, (double) ready.toMillis());
            progress.accept(name + " on " + node.name() + " ready after " + ready.toMillis() + " ms");
        }
        Pause.of(settled);
        ProcessUsage idle =
                ProcessUsage.of(proxies.stream().map(MeshProcess::pid).toList());
        starts.add(new Start(name, slowest, idle.rssMiB()));
        progress.accept(String.format("%s idle: %.0f MiB resident (the larger of two)", name, idle.rssMiB()));
        return proxies;
    }

    private List<Measurement> measure(
            String path, String namespace, int round, List<Test> tests, List<MeshProcess> proxies) {
        // Warms up both ends and what is between: a proxy runs for weeks.
        Duration part = warmUp.dividedBy(4);
        loadOn(namespace, "server", part).requests(8);
        loadOn(namespace, "server", part).connections(8);
        loadOn(namespace, "server", part).upload(1);
        boolean neighbours = tests.stream().anyMatch(Test::isOnOneNode);
        loadOn(namespace, neighbours ? "neighbour" : "server", part).upload(1);
        List<Long> pids = proxies.stream().map(MeshProcess::pid).toList();
        return tests.stream()
                .map(test -> measureOnce(path, namespace, round, test, pids))
                .toList();
    }

    private Measurement measureOnce(String path, String namespace, int round, Test test, List<Long> pids) {
        ProcessUsage before = ProcessUsage.of(pids);
        Load.Done done = run(loadOn(namespace, test.isOnOneNode() ? "neighbour" : "server", perLoad), test);
        ProcessUsage after = ProcessUsage.of(pids);
        double cpu = pids.isEmpty()
                ? Double.NaN
                : test.unit().cpuPerUnit(after.cpuSeconds() - before.cpuSeconds(), done.units());
        progress.accept(String.format(
                "round %d  %-8s %-28s %s%s",
                round,
                path,
                test.title(),
                test.unit().speed(done.perSecond()),
                done.failures() > 0 ? "  " + done.failures() + " FAILED" : ""));
        return new Measurement(
                path,
                test,
                round,
                done.perSecond(),
                done.latencies().micros(0.5),
                done.latencies().micros(0.99),
                cpu,
                pids.isEmpty() ? Double.NaN : after.rssMiB(),
                done.failures());
    }

    private Load loadOn(String namespace, String name, Duration duration) {
        Pod server = PODS.stream()
                .filter(pod -> pod.netns().equals(namespace + "-" + name))
                .findFirst()
                .orElseThrow();
        return new Load(
                network.namespace(namespace + "-client"),
                new InetSocketAddress(server.address(), HTTP_PORT),
                new InetSocketAddress(server.address(), BULK_PORT),
                duration);
    }

    private static Load.Done run(Load load, Test test) {
        return switch (test) {
            case UPLOAD_1, NEIGHBOUR_UPLOAD_1 -> load.upload(1);
            case DOWNLOAD_1 -> load.download(1);
            case UPLOAD_8, NEIGHBOUR_UPLOAD_8 -> load.upload(8);
            case DOWNLOAD_8 -> load.download(8);
            case REQUESTS_8, NEIGHBOUR_REQUESTS_8 -> load.requests(8);
            case RATE_1000 -> load.requestsAtRate(8, 1000);
            case SMALL_BESIDE_STALLED_AND_BULK -> load.requestsAtRateBeside(8, 1000, 8);
            case CONNECTIONS_8 -> load.connections(8);
            case TUNNELS_NEW -> load.connectionsApart(BETWEEN_TUNNELS);
            case WORKLOADS_50000 -> throw new IllegalArgumentException("is started, not loaded");
        };
    }

    @Override
    public void close() {
        for (AutoCloseable server : servers) {
            try {
                server.close();
            } catch (Exception _) {
                // The namespaces go away with the sandbox, and these with them.
            }
        }
        network.close();
    }
}
