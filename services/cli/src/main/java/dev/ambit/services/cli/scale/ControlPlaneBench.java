package dev.ambit.services.cli.scale;

import dev.ambit.services.cli.lab.JsonLines;
import dev.ambit.services.cli.lab.LabException;
import dev.ambit.services.cli.lab.Sandbox;
import dev.ambit.services.cli.lab.Tool;
import dev.ambit.systemtests.cluster.ApiServer;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ambit bench control-plane}. */
@Command(
        name = "control-plane",
        description =
                "The control plane on a real API server with many subscribers and, if given, Istio's in its place.",
        mixinStandardHelpOptions = true)
public final class ControlPlaneBench implements Callable<Integer> {
    private static final int PODS_MAX = 200_000;
    private static final int SUBSCRIBERS_MAX = 2_000;
    private static final int WARM_UP_MAX = 3_600;

    @Option(names = "--peer", paramLabel = "FILE", description = "Istio's pilot-discovery, run in the place of ours.")
    private String peer = "";

    @Option(names = "--json", paramLabel = "FILE", description = "Also write every figure there, one a line.")
    private String json = "";

    @Option(
            names = "--pods",
            defaultValue = "10000",
            paramLabel = "N",
            description = "Pods in the cluster, ten behind each service. Default: 10000.")
    private int pods = 10_000;

    @Option(
            names = "--subscribers",
            split = ",",
            defaultValue = "1,10,100",
            paramLabel = "N",
            description = "Subscribers, one crowd after the other. Default: 1,10,100.")
    private List<Integer> subscribers = List.of(1, 10, 100);

    @Option(names = "--events", defaultValue = "50", paramLabel = "N", description = "Single changes. Default: 50.")
    private int events = 50;

    @Option(
            names = "--warm-up",
            defaultValue = "10",
            paramLabel = "SECONDS",
            description = "How long each has changes to work on before anything counts. Default: 10.")
    private int warmUp = 10;

    @Option(names = "--rounds", defaultValue = "1", paramLabel = "N", description = "Each in turn; medians count.")
    private int rounds = 1;

    @Option(names = "--jvm", split = " ", paramLabel = "FLAGS", description = "More JVM flags for our control plane.")
    private List<String> jvmFlags = List.of();

    @Option(names = "--only-peer", description = "Leave ours out.")
    private boolean onlyPeer;

    @Override
    public Integer call() {
        var sandbox = Sandbox.require("bench control-plane");
        check();
        var figures = new ArrayList<Figure>();
        int status = 0;
        Tool.run("ip", "link", "set", "lo", "up");
        say("starting an API server");
        try (var server = ApiServer.start();
                var api = new ApiWriter(server.url(), server.caFile(), server.adminToken())) {
            server.installCrds();
            server.namespace("istio-system");
            var population = new Population(pods);
            populate(api, population);
            var run = new ScaleRun(
                    population,
                    server,
                    api,
                    sandbox.folder(),
                    events,
                    Duration.ofSeconds(warmUp),
                    ControlPlaneBench::say);
            try {
                for (int round = 1; round <= rounds; round++) {
                    for (Contender contender : contenders(sandbox.home())) {
                        run.round(round, contender, subscribers);
                    }
                }
            } finally {
                figures.addAll(run.figures());
            }
        } catch (LabException | UncheckedIOException | IllegalStateException e) {
            System.err.println("error: " + e.getMessage());
            status = 1;
        }
        new ScaleReport(figures).print(System.out);
        return Math.max(
                status, JsonLines.write(json, figures.stream().map(Figure::json).toList()));
    }

    private void check() {
        if (pods < 10 || pods > PODS_MAX || pods % 10 != 0) {
            throw new LabException("--pods must be a multiple of ten, 10 to " + PODS_MAX);
        }
        if (subscribers.isEmpty() || subscribers.stream().anyMatch(each -> each < 1 || each > SUBSCRIBERS_MAX)) {
            throw new LabException("--subscribers must be numbers, 1 to " + SUBSCRIBERS_MAX);
        }
        if (rounds < 1 || rounds > 100 || events < 1 || events > 10_000) {
            throw new LabException("--rounds must be 1 to 100 and --events 1 to 10000");
        }
        if (warmUp < 0 || warmUp > WARM_UP_MAX) {
            throw new LabException("--warm-up must be 0 to " + WARM_UP_MAX + " seconds");
        }
    }

    private static void populate(ApiWriter api, Population population) {
        long began = System.nanoTime();
        for (var kind : population.writes()) {
            api.writeAll(kind);
            say("wrote " + kind.size() + " groups of objects, "
                    + kind.getFirst().getFirst().path());
        }
        say(String.format("the cluster is there after %.1f s", (System.nanoTime() - began) / 1e9));
    }

    private List<Contender> contenders(Path home) {
        var contenders = new ArrayList<Contender>();
        if (!onlyPeer) {
            contenders.add(new Contender.Ours(home, jvmFlags));
        }
        if (!peer.isEmpty()) {
            contenders.add(new Contender.Peer(Path.of(peer)));
        }
        return contenders;
    }

    private static void say(String text) {
        System.err.println("  " + text);
    }
}
