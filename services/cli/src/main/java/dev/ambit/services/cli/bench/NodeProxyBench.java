package dev.ambit.services.cli.bench;

import dev.ambit.ports.podnetwork.PodNetworkException;
import dev.ambit.services.cli.lab.JsonLines;
import dev.ambit.services.cli.lab.LabException;
import dev.ambit.services.cli.lab.Mesh;
import dev.ambit.services.cli.lab.Sandbox;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ambit bench node-proxy}. */
@Command(
        name = "node-proxy",
        description = "The HBONE path between two pods on two nodes, beside direct TCP and, if given, another ztunnel.",
        mixinStandardHelpOptions = true)
public final class NodeProxyBench implements Callable<Integer> {
    private static final Duration SECRET_TTL = Duration.ofHours(24);

    @Option(
            names = "--transport",
            split = ",",
            defaultValue = "netty",
            paramLabel = "NAMES",
            description = "Transports of our ztunnel to measure; default: netty.")
    private List<String> transports = List.of("netty");

    @Option(names = "--peer", paramLabel = "FILE", description = "Another ztunnel, run in the place of ours.")
    private String peer = "";

    @Option(names = "--json", paramLabel = "FILE", description = "Also write every measurement there, one a line.")
    private String json = "";

    @Option(
            names = "--rounds",
            defaultValue = "3",
            paramLabel = "N",
            description = "Each path is measured this often, in turn; medians count. Default: 3.")
    private int rounds = 3;

    @Option(names = "--seconds", defaultValue = "6", paramLabel = "N", description = "Length of each load. Default: 6.")
    private int seconds = 6;

    @Option(
            names = "--warm-up",
            defaultValue = "9",
            paramLabel = "N",
            description = "Seconds of load on each path before it is measured: a proxy runs for weeks. Default: 9.")
    private int warmUp = 9;

    @Option(
            names = "--loads",
            split = ",",
            paramLabel = "NAMES",
            description = "Only these: ${COMPLETION-CANDIDATES}. Default: all.")
    private List<Measurement.Test> loads = List.of(Measurement.Test.values());

    @Option(names = "--jvm", split = " ", paramLabel = "FLAGS", description = "More JVM flags for our ztunnel.")
    private List<String> jvmFlags = List.of();

    @Override
    public Integer call() {
        var sandbox = Sandbox.require("bench node-proxy");
        if (rounds < 1 || rounds > 100 || seconds < 1 || seconds > 600) {
            throw new LabException("--rounds must be 1 to 100 and --seconds 1 to 600");
        }
        if (warmUp < 1 || warmUp > 3600) {
            throw new LabException("--warm-up must be 1 to 3600 seconds");
        }
        var measured = new ArrayList<Measurement>();
        var starts = new ArrayList<BenchRun.Start>();
        try (var run = new BenchRun(
                sandbox,
                Duration.ofSeconds(warmUp),
                Duration.ofSeconds(seconds),
                loads,
                text -> System.err.println("  " + text))) {
            run.prepare();
            for (int round = 1; round <= rounds; round++) {
                measured.addAll(run.round(round, routes()));
            }
            starts.addAll(run.starts());
        } catch (LabException | PodNetworkException | UncheckedIOException e) {
            System.err.println("error: " + e.getMessage());
            return 1;
        }
        new BenchReport(measured, starts).print(System.out);
        return JsonLines.write(json, measured.stream().map(Measurement::json).toList());
    }

    private List<BenchRun.Route> routes() {
        var routes = new ArrayList<BenchRun.Route>();
        for (String transport : transports) {
            routes.add(new BenchRun.Route(transport, new Mesh.Options(transport, SECRET_TTL, List.of(), jvmFlags)));
        }
        if (!peer.isEmpty()) {
            if (!Files.isExecutable(Path.of(peer))) {
                throw new LabException("--peer " + peer + " is not an executable file");
            }
            routes.add(new BenchRun.Route("peer", new Mesh.Options("netty", SECRET_TTL, List.of(peer), List.of())));
        }
        return routes;
    }
}
