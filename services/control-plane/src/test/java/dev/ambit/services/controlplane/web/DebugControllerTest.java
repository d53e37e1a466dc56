package dev.ambit.services.controlplane.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.Inspectors;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.telemetry.Meter;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpRequestWrapper;
import io.micronaut.http.HttpResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DebugControllerTest {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);
    private final DebugController controller = new DebugController(
            new DebugAccess(
                    this::review, new Inspectors(TrustDomain.CLUSTER_LOCAL, Set.of("istio-system")), Meter.none()),
            target -> target.equals("list?a=b") ? Optional.of("[]".getBytes(UTF_8)) : Optional.empty());

    /** A TokenReview that takes its time. */
    private CallerAuthentication.Result review(String token) {
        asked.countDown();
        try {
            assertThat(answered.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return new CallerAuthentication.Result.Rejected("unknown");
    }

    @AfterEach
    void answer() {
        answered.countDown();
        threads.close();
    }

    private static HttpRequest<?> request(String from, String target) {
        return new HttpRequestWrapper<>(
                HttpRequest.<Object>GET("/debug/" + target).header("Authorization", "Bearer some")) {
            @Override
            public InetSocketAddress getRemoteAddress() {
                return new InetSocketAddress(InetAddress.ofLiteral(from), 4711);
            }
        };
    }

    @Test
    void aStrangerWhoseTokenIsBeingReviewedKeepsNobodyWaiting() throws InterruptedException {
        HttpRequest<?> fromElsewhere = request("10.0.0.9", "list");
        CompletableFuture<HttpResponse<?>> stranger =
                CompletableFuture.supplyAsync(() -> controller.page(fromElsewhere, "list"), threads);
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

        HttpResponse<?> local = CompletableFuture.<HttpResponse<?>>supplyAsync(
                        () -> controller.page(request("127.0.0.1", "list?a=b"), "list"), threads)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();

        assertThat(local.code()).isEqualTo(200);
        answered.countDown();
        assertThat(stranger.join().code()).isEqualTo(401);
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThat(controller.page(request("::1", "pprof"), "pprof").code()).isEqualTo(404);
    }
}
