package dev.ambit.services.ztunnel.flow;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.ambit.domain.flow.FairShare;
import dev.ambit.domain.flow.FairShare.Limit;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.RefusalReason.LimitReached;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(30)
class FairSharesTest {
    private static final PodRef NOISY = pod("noisy");
    private static final PodRef QUIET = pod("quiet");
    private static final int PLENTY = 1_000_000;

    private final AtomicLong nanos = new AtomicLong();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();

    private static PodRef pod(String name) {
        return new PodRef("uid-" + name, "shop", name, name);
    }

    private FairShares shares(int connections, int rate, int nodeConnections, int nodeRate) {
        return new FairShares(new FairShare(connections, rate, nodeConnections, nodeRate), nanos::get, telemetry);
    }

    private static int admitted(FairShares shares, PodRef pod, int attempts) {
        int admitted = 0;
        for (int i = 0; i < attempts; i++) {
            admitted += shares.admit(pod).isEmpty() ? 1 : 0;
        }
        return admitted;
    }

    @Test
    void aWorkloadHasAsManyConnectionsAsItMayAndGetsPlacesBack() {
        FairShares shares = shares(3, PLENTY, PLENTY, PLENTY);

        assertThat(admitted(shares, NOISY, 10)).isEqualTo(3);
        assertThat(shares.admit(NOISY)).contains(new LimitReached(NOISY, Limit.WORKLOAD_CONNECTIONS, 3));
        assertThat(shares.admit(QUIET)).isEmpty();
        assertThat(shares.held()).isEqualTo(4);
        assertThat(shares.heldByGreediest()).isEqualTo(3);

        shares.release(NOISY);
        assertThat(shares.admit(NOISY)).isEmpty();
    }

    @Test
    void aWorkloadThatConnectsTooFastIsSlowedDownAlone() {
        FairShares shares = shares(PLENTY, 10, PLENTY, PLENTY);

        assertThat(admitted(shares, NOISY, 100)).as("burst").isEqualTo(20);
        Optional<RefusalReason> refused = shares.admit(NOISY);
        assertThat(refused).contains(new LimitReached(NOISY, Limit.WORKLOAD_RATE, 10));
        assertThat(admitted(shares, QUIET, 5)).isEqualTo(5);

        nanos.addAndGet(1_000_000_000);
        assertThat(admitted(shares, NOISY, 100)).isEqualTo(10);
    }

    @Test
    void theNodeKeepsRoomForModestWorkloads() {
        FairShares shares = shares(PLENTY, PLENTY, 100, PLENTY);
        assertThat(admitted(shares, QUIET, 1)).isEqualTo(1);

        assertThat(admitted(shares, NOISY, 500))
                .as("the last fifth is not for it")
                .isEqualTo(79);
        assertThat(admitted(shares, QUIET, 500)).as("up to the bound").isEqualTo(20);
        assertThat(shares.admit(pod("third"))).contains(new LimitReached(pod("third"), Limit.NODE_CONNECTIONS, 100));
    }

    @Test
    void theNodeHasARateToo() {
        FairShares shares = shares(PLENTY, PLENTY, PLENTY, 5);

        assertThat(admitted(shares, NOISY, 100)).isEqualTo(10);
        assertThat(shares.admit(QUIET)).contains(new LimitReached(QUIET, Limit.NODE_RATE, 5));
    }

    @Test
    void refusalsAreCountedByWorkloadAndLimit() {
        FairShares shares = shares(1, PLENTY, PLENTY, PLENTY);
        admitted(shares, NOISY, 4);

        assertThat(telemetry.counted(Counter.LIMIT_REFUSALS, "shop", "noisy", "workload_connections"))
                .isEqualTo(3);
        assertThat(shares.usage()).containsExactly(new FairShares.Usage(NOISY, 1, 2 * PLENTY - 1, 3));
    }

    @Test
    void metricsNameABoundedNumberOfWorkloads() {
        FairShares shares = shares(1, PLENTY, PLENTY, PLENTY);
        for (int i = 0; i < 600; i++) {
            admitted(shares, pod("p" + i), 2);
        }

        assertThat(telemetry.counted(Counter.LIMIT_REFUSALS, "others", "others", "workload_connections"))
                .isEqualTo(100);
    }

    @Test
    void refusedConnectionsHoldNothing() {
        FairShares shares = shares(2, PLENTY, PLENTY, PLENTY);
        admitted(shares, NOISY, 1_000);
        shares.release(NOISY);
        shares.release(NOISY);

        assertThat(shares.held()).isZero();
        assertThat(shares.holders()).isZero();
    }

    @Test
    void aRefusedWorkloadIsLoggedAboutNowAndThenAndEachByItself() {
        var logger = (Logger) LoggerFactory.getLogger(FairShares.class);
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        logger.addAppender(lines);
        try {
            FairShares shares = shares(1, PLENTY, PLENTY, PLENTY);
            admitted(shares, NOISY, 4);
            assertThat(lines.list).hasSize(1);
            nanos.addAndGet(9_999_999_999L);
            admitted(shares, NOISY, 4);
            assertThat(lines.list).hasSize(1);
            admitted(shares, QUIET, 2);
            assertThat(lines.list).hasSize(2);
            nanos.addAndGet(1);
            admitted(shares, NOISY, 4);
            assertThat(lines.list).hasSize(3);
            assertThat(lines.list.getLast().getFormattedMessage())
                    .contains("pod=shop/noisy", "refused=8", "AMBIT_WORKLOAD_CONNECTIONS_MAX");
        } finally {
            logger.detachAppender(lines);
        }
    }

    @Test
    void whatHoldsNothingIsForgottenAtLastAndNothingElse() {
        FairShares shares = shares(1, PLENTY, PLENTY, PLENTY);
        admitted(shares, QUIET, 1);
        for (int i = 0; i < 4_200; i++) {
            admitted(shares, pod("p" + i), 2);
            shares.release(pod("p" + i));
        }

        assertThat(shares.usage()).hasSizeLessThan(4_096).contains(new FairShares.Usage(QUIET, 1, 2 * PLENTY - 1, 0));
        shares.release(QUIET);
        assertThat(shares.held()).isZero();
    }

    @Test
    void usageTellsWhoHoldsMostFirstAndWhoWasRefused() {
        FairShares shares = shares(3, 1, PLENTY, PLENTY);
        admitted(shares, pod("refused"), 3);
        shares.release(pod("refused"));
        shares.release(pod("refused"));
        admitted(shares, QUIET, 1);
        admitted(shares, NOISY, 2);
        admitted(shares, pod("gone"), 1);
        shares.release(pod("gone"));

        assertThat(shares.usage())
                .containsExactly(
                        new FairShares.Usage(NOISY, 2, 0, 0),
                        new FairShares.Usage(QUIET, 1, 1, 0),
                        new FairShares.Usage(pod("refused"), 0, 0, 1));
        assertThat(shares.none(QUIET)).isEqualTo(new FairShares.Usage(QUIET, 0, 2, 0));
    }

    /** A place that two threads take at the same moment is taken twice only if there are two. */
    @Test
    void threadsShareWhatThereIs() throws InterruptedException {
        FairShares shares = shares(PLENTY, 10_000, PLENTY, PLENTY);
        var admitted = new AtomicInteger();
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(_ -> Thread.ofPlatform().start(() -> admitted.addAndGet(admitted(shares, NOISY, 20_000))))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(admitted).hasValue(20_000);
        assertThat(shares.held()).isEqualTo(20_000);
    }
}
