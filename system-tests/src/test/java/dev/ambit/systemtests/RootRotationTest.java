package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** The root of the mesh is replaced, and put back, while its pods call each other with a new handshake each time. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RootRotationTest {
    private static final Duration STAGE = Duration.ofSeconds(60);
    private static final int ANSWER_MILLIS = 10_000;
    private static final Pattern SIGNER = Pattern.compile("signer +([0-9a-f]+)");

    private static MeshUnderTest mesh;

    @BeforeAll
    static void startMesh() {
        mesh = MeshUnderTest.start(new MeshSetup(
                MeshSetup.givenPeer(),
                MeshSetup.givenPeer().isPresent() ? Set.of("node-b") : Set.of(),
                List.of(),
                Optional.empty(),
                // Nothing of a tunnel is left for the next call; certificates so short that stages end within a test.
                Map.of("SECRET_TTL", "12s", "POOL_UNUSED_RELEASE_TIMEOUT", "1ms"),
                Map.of("CA_ROTATION_SETTLE", "2s")));
    }

    @AfterAll
    static void stopMesh() {
        if (mesh != null) {
            mesh.close();
        }
    }

    private static String ask(String method, String path) {
        try (var forward =
                new Forward(mesh.machine("control"), new InetSocketAddress(InetAddress.getLoopbackAddress(), 9876))) {
            var connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + forward.port() + path)
                    .toURL()
                    .openConnection();
            connection.setRequestMethod(method);
            connection.setConnectTimeout(ANSWER_MILLIS);
            connection.setReadTimeout(ANSWER_MILLIS);
            return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitStage(String stage) {
        Await.until(STAGE, "the rotation is " + stage, () -> ask("GET", "/ca").startsWith("stage         " + stage));
    }

    private static String signer() {
        var matcher = SIGNER.matcher(ask("GET", "/ca"));
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    private static long roots() {
        try {
            return Files.readString(mesh.file("root-cert.pem"))
                    .lines()
                    .filter("-----BEGIN CERTIFICATE-----"::equals)
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls from node to node, both ways, one after the other until it is closed. */
    private static final class Calls implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicInteger answered = new AtomicInteger();
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final List<Thread> threads = List.of(
                Thread.ofPlatform().daemon().start(() -> run("shop-cart", "shop-payments")),
                Thread.ofPlatform().daemon().start(() -> run("shop-reviews", "shop-catalog")));

        private void run(String from, String to) {
            while (!over.get()) {
                try {
                    String answer = mesh.get(from, to);
                    if (answer.startsWith(to + " hears")) {
                        answered.incrementAndGet();
                    } else {
                        failures.add(from + ": " + answer);
                    }
                } catch (RuntimeException e) {
                    failures.add(from + ": " + e);
                }
            }
        }

        @Override
        public void close() {
            over.set(true);
            for (Thread thread : threads) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            assertThat(failures)
                    .as("failed calls beside %d good ones", answered.get())
                    .isEmpty();
            assertThat(answered.get()).isGreaterThan(50);
        }
    }

    @Test
    @Order(1)
    void theRootIsReplacedAndNoHandshakeFails() {
        String old = signer();
        try (var _ = new Calls()) {
            Await.step("root rotation: "
                    + ask("POST", "/ca/rotate").lines().findFirst().orElse(""));
            assertThat(roots()).isEqualTo(2);
            assertThat(signer()).isEqualTo(old);
            awaitStage("retiring");
            assertThat(signer()).isNotEqualTo(old);
            assertThat(roots()).isEqualTo(2);
            awaitStage("steady");
        }
        assertThat(signer()).isNotEqualTo(old);
        assertThat(roots()).isEqualTo(1);
        assertThat(mesh.metric("control", 15_020, "ambit_ca_rotation_stage ")).isZero();
        mesh.expectAllAlive();
    }

    @Test
    @Order(2)
    void aReplacementIsTakenBackFromTheMiddleAndNoHandshakeFails() {
        String old = signer();
        try (var _ = new Calls()) {
            ask("POST", "/ca/rotate");
            awaitStage("retiring");
            assertThat(mesh.metric("control", 15_020, "ambit_ca_rotation_stage "))
                    .isEqualTo(2);
            ask("POST", "/ca/abort");
            assertThat(signer()).isEqualTo(old);
            awaitStage("steady");
        }
        assertThat(signer()).isEqualTo(old);
        assertThat(roots()).isEqualTo(1);
    }
}
