package dev.ambit.ports.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.telemetry.FlowTelemetry.FlowProgress;
import dev.ambit.ports.telemetry.FlowTelemetry.OpenFlow;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link FlowTelemetry} does. */
@Timeout(30)
public abstract class FlowTelemetryContract {

    /** What has been counted for connections with the context's labels so far. */
    public record Counts(long opened, long closed, long received, long sent) {}

    protected abstract FlowTelemetry telemetry();

    /** A connection that comes as far as the test says. */
    private static final class Carried implements FlowProgress {
        private volatile long received;
        private volatile long sent;

        void come(long receivedSoFar, long sentSoFar) {
            received = receivedSoFar;
            sent = sentSoFar;
        }

        @Override
        public long received() {
            return received;
        }

        @Override
        public long sent() {
            return sent;
        }
    }

    /** What has been counted; of the closed connections only those that ended with the flag. */
    protected abstract Counts counts(FlowContext context, ResponseFlag flag);

    @ParameterizedTest
    @EnumSource
    protected void anOpenConnectionIsOpenedAndNotClosed(Reporter reporter) {
        FlowContext context = Flows.tunnel(reporter);
        telemetry().opened(context, FlowProgress.NONE);

        assertThat(counts(context, ResponseFlag.NONE)).isEqualTo(new Counts(1, 0, 0, 0));
    }

    @Test
    protected void bytesOfAnOpenConnectionCountAlreadyAndOnlyOnce() {
        FlowContext context = Flows.tunnel(Reporter.DESTINATION);
        var progress = new Carried();
        OpenFlow flow = telemetry().opened(context, progress);
        progress.come(10, 1);
        assertThat(counts(context, ResponseFlag.NONE)).isEqualTo(new Counts(1, 0, 10, 1));
        assertThat(counts(context, ResponseFlag.NONE)).isEqualTo(new Counts(1, 0, 10, 1));

        progress.come(60, 1_500);
        assertThat(counts(context, ResponseFlag.NONE)).isEqualTo(new Counts(1, 0, 60, 1_500));
        flow.closed(Flows.over(context, new FlowOutcome.Completed()));
        assertThat(counts(context, ResponseFlag.NONE)).isEqualTo(new Counts(1, 1, 100, 2000));

        progress.come(7_000, 7_000);
        assertThat(counts(context, ResponseFlag.NONE)).isEqualTo(new Counts(1, 1, 100, 2000));
    }

    @Test
    protected void equalConnectionsCountEach() {
        FlowContext context = Flows.tunnel(Reporter.SOURCE);
        var progress = new Carried();
        progress.come(5, 7);
        telemetry().opened(context, progress);
        telemetry().opened(context, progress);

        assertThat(counts(context, ResponseFlag.NONE)).isEqualTo(new Counts(2, 0, 10, 14));
    }

    @ParameterizedTest
    @EnumSource
    protected void aClosedConnectionHasItsBytesAndItsFlag(ResponseFlag flag) {
        FlowContext context = Flows.tunnel(Reporter.SOURCE);
        telemetry()
                .opened(context, FlowProgress.NONE)
                .closed(Flows.over(context, new FlowOutcome.Failed(flag, "because")));

        assertThat(counts(context, flag)).isEqualTo(new Counts(1, 1, 100, 2000));
    }

    @Test
    protected void connectionsOfUnknownPartiesCountToo() {
        FlowContext context = Flows.unknown(Reporter.DESTINATION);
        telemetry().opened(context, FlowProgress.NONE).closed(Flows.over(context, new FlowOutcome.Completed()));

        assertThat(counts(context, ResponseFlag.NONE)).isEqualTo(new Counts(1, 1, 100, 2000));
        assertThat(counts(Flows.tunnel(Reporter.DESTINATION), ResponseFlag.NONE))
                .isEqualTo(new Counts(0, 0, 0, 0));
    }

    @Test
    protected void aRejectionIsNoConnection() {
        telemetry()
                .rejected(
                        Reporter.DESTINATION,
                        IpPort.of("192.0.2.1", 1),
                        IpPort.of("10.0.0.2", 15008),
                        "not TLS\r\n\u0000");

        assertThat(counts(Flows.unknown(Reporter.DESTINATION), ResponseFlag.NONE))
                .isEqualTo(new Counts(0, 0, 0, 0));
    }

    @Test
    protected void severalThreadsLoseNothing() throws Exception {
        FlowContext context = Flows.tunnel(Reporter.SOURCE);
        var running = new ArrayList<Future<?>>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                running.add(threads.submit(() -> {
                    for (int j = 0; j < 100; j++) {
                        telemetry()
                                .opened(context, FlowProgress.NONE)
                                .closed(Flows.over(context, new FlowOutcome.Completed()));
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get(20, TimeUnit.SECONDS);
            }
        }
        assertThat(counts(context, ResponseFlag.NONE)).isEqualTo(new Counts(800, 800, 80_000, 1_600_000));
    }
}
