package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The node takes something away from its proxy: file descriptors, and a pod's network under live connections. */
@Timeout(180)
class NodeFaultsTest {
    private static final String FROM_CART = "shop-payments hears 10.78.1.1";
    private static final int SPARE_DESCRIPTORS = 30;
    private static final String CANNOT_ACCEPT = "cannot accept connections";

    private static MeshUnderTest mesh;

    @BeforeAll
    static void startMesh() {
        mesh = MeshUnderTest.start();
    }

    @AfterAll
    static void stopMesh() {
        if (mesh != null) {
            mesh.close();
        }
    }

    @Test
    void withoutFileDescriptorsItCarriesWhatItHasSaysSoAndRecovers() throws IOException {
        Await.step("ztunnel of node-a runs out of file descriptors, with a connection open");
        MeshProcess ztunnel = mesh.process("ztunnel-node-a");
        List<Socket> hogs = new ArrayList<>();
        try (Socket open =
                mesh.machine("shop-cart").connect(mesh.machine("shop-payments").application())) {
            assertThat(Pod.get(open, "/")).isEqualTo(FROM_CART);
            long mark = ztunnel.mark();
            limit(ztunnel, descriptors(ztunnel) + SPARE_DESCRIPTORS);

            Await.until(Duration.ofSeconds(30), "no descriptor is left", () -> {
                hogs.addAll(tenMore());
                return complaints(ztunnel, mark) > 0;
            });
            long first = System.nanoTime();
            Await.until(Duration.ofSeconds(15), "it goes on saying so", () -> {
                assertThat(get(open)).as("what it carries goes on").isEqualTo(FROM_CART);
                return complaints(ztunnel, mark) >= 4;
            });
            assertThat(Duration.ofNanos(System.nanoTime() - first))
                    .as("four lines about a pod, at most one a second")
                    .isGreaterThan(Duration.ofMillis(2_500));

            Await.step("the connections that took them end");
            for (Socket hog : hogs) {
                hog.close();
            }
            mesh.call("shop-cart", "shop-payments", FROM_CART);
            assertThat(Pod.get(open, "/")).isEqualTo(FROM_CART);
        } finally {
            run("prlimit", "--pid", Long.toString(ztunnel.pid()), "--nofile=4096:");
        }
        mesh.awaitReady("node-a", 15_021);
        assertThat(mesh.metric("node-a", 15_020, "ambit_transport_strains_total{of=\"sockets\"}"))
                .isGreaterThanOrEqualTo(4);
        mesh.expectAllAlive();
    }

    @Test
    void aNetworkThatVanishesUnderLiveConnectionsCostsNobodyElse() throws IOException {
        Await.step("shop-catalog's network goes with connections open, and then the pod");
        MeshProcess ztunnel = mesh.process("ztunnel-node-a");
        try (Socket lost = mesh.machine("shop-catalog")
                        .connect(mesh.machine("shop-payments").application());
                Socket arriving = mesh.machine("shop-payments")
                        .connect(mesh.machine("shop-catalog").application());
                Socket neighbour = mesh.machine("shop-cart")
                        .connect(mesh.machine("shop-payments").application())) {
            assertThat(Pod.get(lost, "/")).startsWith("shop-payments hears");
            assertThat(Pod.get(arriving, "/")).startsWith("shop-catalog hears");
            assertThat(Pod.get(neighbour, "/")).isEqualTo(FROM_CART);
            long mark = ztunnel.mark();
            double served = mesh.metric("node-a", 15_020, "workload_manager_active_proxy_count");

            mesh.run("ip", "netns", "delete", "shop-catalog");
            mesh.run("ip", "-n", "node-a", "link", "delete", "v2");
            assertThat(Pod.get(neighbour, "/")).isEqualTo(FROM_CART);
            mesh.call("shop-cart", "shop-payments", FROM_CART);
            mesh.write("pods.yaml", without("catalog", mesh.manifest("pods.yaml")));

            assertThat(ztunnel.line(mark, "no longer serving pod")).contains("shop/catalog");
            // Its applications cannot be told: the address their sockets have went with the link.
            ztunnel.line(mark, "src.workload=\"catalog\"", "connection complete");
            ztunnel.line(mark, "dst.workload=\"catalog\"", "connection complete");
            assertThat(mesh.metric("node-a", 15_020, "workload_manager_active_proxy_count"))
                    .isEqualTo(served - 1);
            assertThat(Pod.get(neighbour, "/")).isEqualTo(FROM_CART);
        }
        mesh.call("shop-cart", "shop-payments", FROM_CART);
        mesh.expectAllAlive();
    }

    private static String without(String pod, String manifest) {
        return Stream.of(manifest.split("(?m)^---$", -1))
                .filter(document -> !document.contains("name: " + pod + "\n"))
                .reduce((all, document) -> all + "---" + document)
                .orElseThrow();
    }

    private static List<Socket> tenMore() {
        var more = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 10; i++) {
                more.add(mesh.machine("shop-cart")
                        .connect(mesh.machine("shop-payments").application()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return more;
    }

    private static String get(Socket open) {
        try {
            return Pod.get(open, "/");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long complaints(MeshProcess ztunnel, long mark) {
        return ztunnel.text(mark)
                .lines()
                .filter(line -> line.contains(CANNOT_ACCEPT) && line.contains("of=sockets"))
                .count();
    }

    private static long descriptors(MeshProcess process) {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void limit(MeshProcess process, long descriptors) {
        run("prlimit", "--pid", Long.toString(process.pid()), "--nofile=" + descriptors + ":");
    }

    private static void run(String... command) {
        Command.run(command);
    }
}
