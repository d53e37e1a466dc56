package dev.ambit.services.cli.demo;

import dev.ambit.ports.podnetwork.PodNetworkException;
import dev.ambit.services.cli.lab.LabException;
import dev.ambit.services.cli.lab.Mesh;
import dev.ambit.services.cli.lab.Network.Pod;
import dev.ambit.services.cli.lab.Sandbox;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ambit demo}. */
@Command(
        name = "demo",
        description = "A whole mesh on this machine, shown step by step, and taken away without a trace.",
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    private static final Duration SECRET_TTL = Duration.ofSeconds(20);

    @Option(names = "--check", description = "The same as assertions: exit 0 when every step holds, 1 when not.")
    private boolean check;

    @Option(names = "--keep", description = "Leave the mesh running at the end, until Ctrl-C.")
    private boolean keep;

    @Option(
            names = "--no-story",
            description = "Raise the mesh and show nothing; with --keep: a mesh to play with at once.")
    private boolean noStory;

    @Option(
            names = "--transport",
            description = "Transport of the node proxies: netty.",
            defaultValue = "netty",
            paramLabel = "NAME")
    private String transport = "netty";

    @Option(
            names = "--ztunnel",
            description = "Run this executable in the place of our ztunnel, such as Istio's own.",
            paramLabel = "FILE")
    private String ztunnel = "";

    @Override
    public Integer call() {
        var screen = Screen.ofTerminal(System.out);
        var sandbox = Sandbox.require("demo");
        try (var demo = new DemoMesh(sandbox.home(), sandbox.folder(), options())) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> screen.say("taking everything away")));
            try (var story = new DemoStory(demo, screen)) {
                story.raise();
                if (!noStory) {
                    tell(story);
                }
            }
            screen.say("");
            if (keep) {
                stay(demo, screen, sandbox);
            }
        } catch (LabException | PodNetworkException | UncheckedIOException e) {
            screen.fail(String.valueOf(e.getMessage()));
        }
        if (screen.failed() > 0) {
            System.err.println(screen.failed() + " of the demonstration's claims did not hold");
        } else if (check) {
            System.out.println("every claim of the demonstration holds");
        }
        return screen.failed() > 0 ? 1 : 0;
    }

    private Mesh.Options options() {
        return new Mesh.Options(transport, SECRET_TTL, ztunnel.isEmpty() ? List.of() : List.of(ztunnel), List.of());
    }

    private static void tell(DemoStory story) {
        story.lookUpNames();
        story.callAcrossNodes();
        story.callWithinNode();
        story.onlyTlsBetweenNodes();
        story.allowAndDeny();
        story.strict();
        story.rotation(SECRET_TTL);
        story.counters();
    }

    private static void stay(DemoMesh demo, Screen screen, Sandbox sandbox) {
        String enter = sandbox.enter();
        screen.step("The mesh stays up until Ctrl-C. Have a look around from another terminal:");
        for (Pod pod : List.of(DemoMesh.CART, DemoMesh.SCANNER)) {
            screen.say("a shell in " + pod.name() + ":  " + enter + " ip netns exec " + pod.netns() + " bash");
        }
        screen.say("call payments:     " + enter + " ip netns exec shop-cart curl -s http://10.96.0.3/");
        screen.say("redirection rules: " + enter + " ip netns exec shop-cart nft list ruleset");
        screen.say("metrics, node-a:   " + enter + " curl -s http://10.77.0.1:15020/metrics");
        screen.say("configuration:     " + enter + " ls " + demo.mesh().manifests() + "   (edit a file and watch)");
        screen.say("logs:              " + enter + " tail -f " + demo.mesh().folder() + "/logs/ztunnel-node-b.log");
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
