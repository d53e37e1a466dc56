package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * ztunnel is replaced on both nodes as a cluster does it: the new one starts beside the old, and when it is ready the old
 * one is asked to end. Nobody notices: neither new connections at 500 a second nor those that were open all along.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class UpgradeTest {
    private static final String ANSWER = "shop-payments hears 10.78.1.1";
    private static final int CALLERS = 50;
    private static final int CALLS_PER_SECOND = 500;
    private static final int STREAMS = 100;
    private static final Duration BETWEEN_WORDS = Duration.ofMillis(500);

    private static MeshUnderTest mesh;

    private final AtomicBoolean calling = new AtomicBoolean(true);
    private final AtomicBoolean speaking = new AtomicBoolean(true);
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger words = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    @BeforeAll
    static void startMesh() {
        mesh = MeshUnderTest.start();
        // More connections follow each other here than the default range has ports.
        for (String pod : List.of("shop-cart", "shop-payments")) {
            mesh.run("ip", "netns", "exec", pod, "sysctl", "-qw", "net.ipv4.ip_local_port_range=2000 65000");
        }
    }

    @AfterAll
    static void stopMesh() {
        if (mesh != null) {
            mesh.close();
        }
    }

    @Test
    void nobodyNoticesThatZtunnelIsReplaced() throws InterruptedException {
        Await.step(STREAMS + " long-lived streams and " + CALLS_PER_SECOND + " connections/s from node-a to node-b");
        InetSocketAddress payments = mesh.machine("shop-payments").application();
        for (int i = 0; i < STREAMS; i++) {
            start("stream-" + i, () -> stream(payments));
        }
        Await.until(Duration.ofSeconds(20), "every stream speaks", () -> words.get() >= STREAMS);
        long begin = System.nanoTime();
        for (int i = 0; i < CALLERS; i++) {
            int place = i;
            start("caller-" + i, () -> call(payments, place));
        }
        Await.until(Duration.ofSeconds(20), "calls are made", () -> calls.get() > CALLS_PER_SECOND);

        replace("node-b", "next-b");
        replace("node-a", "next-a");

        int reached = calls.get();
        Await.until(Duration.ofSeconds(20), "calls go on", () -> calls.get() > reached + CALLS_PER_SECOND);
        calling.set(false);
        double seconds = (System.nanoTime() - begin) / 1e9;
        for (String node : List.of("node-a", "node-b")) {
            assertThat(mesh.metric(node, 15_020, "ambit_live_flows"))
                    .as("what the old proxy of " + node + " still carries")
                    .isGreaterThanOrEqualTo(STREAMS);
        }
        speaking.set(false);
        for (Thread thread : threads) {
            thread.join();
        }
        Await.step("%d calls in %.1f s (%.0f/s), %d words on %d streams, %d failures"
                .formatted(calls.get(), seconds, calls.get() / seconds, words.get(), STREAMS, failures.size()));

        assertThat(failures).as("connections that failed").isEmpty();
        for (String node : List.of("node-a", "node-b")) {
            assertThat(mesh.process("ztunnel-" + node).awaitEnd(Duration.ofSeconds(15)))
                    .as("the old proxy of " + node + " ends by itself, in order, once its last stream has")
                    .isZero();
        }
        mesh.call("shop-cart", "shop-payments", ANSWER);
    }

    private void replace(String node, String machine) {
        Await.step("a new ztunnel beside that of " + node + "; once it is ready, SIGTERM to the old");
        mesh.startZtunnel("ztunnel-" + machine, node, machine);
        mesh.awaitReady(machine, 15_021);
        mesh.process("ztunnel-" + node).terminate();
        int reached = calls.get();
        Await.until(
                Duration.ofSeconds(20),
                "the new proxy of " + node + " carries new connections",
                () -> mesh.metric(machine, 15_020, "istio_tcp_connections_opened_total") > CALLS_PER_SECOND
                        && calls.get() > reached + 3 * CALLS_PER_SECOND);
        assertThat(mesh.process("ztunnel-" + node).isAlive())
                .as("the old proxy carries the streams")
                .isTrue();
    }

    private void start(String name, Runnable work) {
        // Platform threads, because they enter the pod's namespace.
        threads.add(Thread.ofPlatform().daemon().name(name).start(work));
    }

    /** One connection after another, at this caller's share of the rate; what is late is not made up for. */
    private void call(InetSocketAddress to, int place) {
        long interval = 1_000_000_000L * CALLERS / CALLS_PER_SECOND;
        long next = System.nanoTime() + interval * place / CALLERS;
        Pod cart = mesh.machine("shop-cart");
        while (calling.get()) {
            for (long early = next - System.nanoTime(); early > 0; early = next - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            next = Math.max(next + interval, System.nanoTime() - interval);
            String answer = cart.get(to);
            calls.incrementAndGet();
            if (!answer.equals(ANSWER)) {
                failures.add("call " + calls.get() + ": " + answer);
            }
        }
    }

    /** One connection for the whole test, on which something is said again and again. */
    private void stream(InetSocketAddress to) {
        try (Socket socket = mesh.machine("shop-cart").connect(to)) {
            while (speaking.get()) {
                String answer = Pod.get(socket, "/");
                words.incrementAndGet();
                if (!answer.equals(ANSWER)) {
                    failures.add("stream after " + words.get() + " words: " + answer);
                    return;
                }
                LockSupport.parkNanos(BETWEEN_WORDS.toNanos());
            }
        } catch (IOException e) {
            failures.add("stream after " + words.get() + " words: " + e);
        }
    }
}
