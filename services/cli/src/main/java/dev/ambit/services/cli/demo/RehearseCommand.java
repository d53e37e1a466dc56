package dev.ambit.services.cli.demo;

import dev.ambit.services.cli.lab.LabException;
import dev.ambit.services.cli.lab.Mesh;
import dev.ambit.services.cli.lab.PodClient;
import dev.ambit.services.cli.lab.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code ambit rehearse}, which the script calls once per build: the demo's mesh starts and carries a little of everything,
 * while each service's JVM records which classes that took. Later starts map the record.
 */
@Command(name = "rehearse", description = "Records the start of the services.", hidden = true)
public final class RehearseCommand implements Callable<Integer> {
    /** The data path is recorded as well, or the first connections of a later start would load it. */
    private static final int CALLS = 20;

    @Override
    public Integer call() {
        var sandbox = Sandbox.require("rehearse");
        var options = new Mesh.Options("netty", Duration.ofHours(1), List.of(), List.of()).recorded();
        try (var demo = new DemoMesh(sandbox.home(), sandbox.folder(), options)) {
            Files.createDirectories(sandbox.home().resolve(".ambit/aot"));
            demo.prepare();
            demo.start();
            for (int i = 0; i < CALLS; i++) {
                call(demo);
            }
            return 0;
        } catch (LabException e) {
            System.err.println("error: " + e.getMessage());
            return 1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** To another node, from another node, within the node, and without the mesh. */
    private static void call(DemoMesh demo) {
        expect(demo.in(DemoMesh.CART).get(DemoMesh.PAYMENTS_SERVICE, "/"));
        expect(demo.in(DemoMesh.REVIEWS).get(DemoMesh.CATALOG_SERVICE, "/"));
        expect(demo.in(DemoMesh.CART).get(DemoMesh.CATALOG_SERVICE, "/"));
        expect(demo.in(DemoMesh.SCANNER).get(DemoMesh.application(DemoMesh.CATALOG), "/"));
        var node = new PodClient(demo.network().namespace(DemoMesh.NODE_A.name()), Duration.ofSeconds(8));
        expect(node.get(new InetSocketAddress(DemoMesh.NODE_A.address(), 15_020), "/metrics"));
    }

    private static void expect(PodClient.Answer answer) {
        if (answer instanceof PodClient.Answer.Failed(String why)) {
            throw new LabException("the rehearsal's mesh does not carry its calls: " + why);
        }
    }
}
