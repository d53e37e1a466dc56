package dev.ambit.adapters.telemetry.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
final class LogOutputTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T14:40:22.5Z"));
    private static final String TIME = "2026-11-21T14:40:22.500000Z";

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final LogOutput output = LogOutput.to(written, CLOCK, LogOutput.Format.PLAIN);

    @Test
    void valuesAreCutAndHostileTokensQuoted() {
        output.line("info", "t", "m")
                .text("a", "x".repeat(5_000))
                .token("b", "host:80 error=none")
                .token("c", "host:80")
                .text("d", "")
                .number("e", 1234567890)
                .millis("f", 0)
                .end();

        assertThat(text())
                .isEqualTo(TIME + "\tinfo\tt\tm\ta=\"" + "x".repeat(1024)
                        + "...\" b=\"host:80 error=none\" c=host:80 e=1234567890 f=\"0ms\"\n");
    }

    @Test
    void aSlowReaderMakesLoggersWaitAndLosesNothing() throws Exception {
        var open = new CountDownLatch(1);
        var received = new ByteArrayOutputStream();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes) throws IOException {
                try {
                    open.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                received.write(bytes);
            }
        };
        var bounded = new LogOutput(slow, CLOCK, LogOutput.Format.PLAIN, 10);
        var logged = new AtomicInteger();
        try (var thread = Executors.newSingleThreadExecutor()) {
            var all = thread.submit(() -> IntStream.range(0, 500).forEach(i -> {
                bounded.line("info", "t", "line " + i).end();
                logged.incrementAndGet();
            }));
            // One batch may be in the writer's hands; whatever else there is waits with the one who logs.
            while (logged.get() < 10) {
                Thread.onSpinWait();
            }
            assertThat(logged.get()).isLessThanOrEqualTo(10 + 64);
            open.countDown();
            all.get(20, TimeUnit.SECONDS);
        }
        bounded.flush();

        String text = received.toString(StandardCharsets.UTF_8);
        assertThat(text.lines()).hasSize(500);
        assertThat(text).endsWith("line 499\t\n");
    }

    @Test
    void anOutputThatIsGoneHoldsNobodyUp() {
        var broken = LogOutput.to(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("broken pipe");
                    }
                },
                CLOCK,
                LogOutput.Format.PLAIN);
        for (int i = 0; i < 20_000; i++) {
            broken.line("info", "t", "m").end();
        }
        broken.flush();
    }

    static Stream<Arguments> statements() {
        return Stream.of(
                Arguments.of("ztunnel started\tnode=n1 count=3", "ztunnel started\tnode=n1 count=3"),
                Arguments.of("plain", "plain\t"),
                Arguments.of("m\tcause=\"a \"quoted\" thing\" next=1", "m\tcause=\"a \\\"quoted\\\" thing\" next=1"),
                Arguments.of("m\tnot fields", "m\tdetail=\"not fields\""),
                Arguments.of("m\tk=\"open", "m\tk=\"open\""),
                Arguments.of("two\nlines", "two\\nlines\t"));
    }

    @ParameterizedTest
    @MethodSource("statements")
    void whatIsLoggedBecomesAMessageAndFields(String logged, String expected) {
        append(logged, null);

        assertThat(text()).isEqualTo(TIME + "\twarn\tapp\t" + expected + "\n");
    }

    @Test
    void asJsonFieldsAreFieldsAndAnExceptionIsOneLine() {
        output.use(LogOutput.Format.JSON);
        append("m\tnode=n1 count=3", new IllegalStateException("outer", new IOException("inner\nline")));

        assertThat(text())
                .startsWith("{\"level\":\"warn\",\"time\":\"" + TIME + "\",\"scope\":\"app\",\"message\":\"m\","
                        + "\"node\":\"n1\",\"count\":3,\"exception\":\"java.lang.IllegalStateException: outer ")
                .contains("; because java.io.IOException: inner\\nline ")
                .endsWith("\"}\n");
        assertThat(text().lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "access, access",
        "dev.ambit.services.ztunnel.Startup, app",
        "dev.ambit.services.ztunnel.flow.Flows, proxy",
        "dev.ambit.adapters.netty.tls.Handshake, tls",
        "dev.ambit.adapters.xds.discovery.XdsMeshDiscovery, xds::client",
        "dev.ambit.adapters.k8s.manifests.Folder, adapters::k8s::manifests",
        "io.netty.channel.Channel, io::netty::channel"
    })
    void loggersAreCalledByIstiosModules(String logger, String target) {
        assertThat(Targets.of(logger)).isEqualTo(target);
    }

    private void append(String message, @Nullable Throwable thrown) {
        var context = new LoggerContext();
        Logger logger = context.getLogger("dev.ambit.services.ztunnel.Startup");
        var appender = new LineAppender(output);
        appender.setContext(context);
        appender.start();
        appender.doAppend(new LoggingEvent("", logger, Level.WARN, message, thrown, null));
    }

    private String text() {
        output.flush();
        return written.toString(StandardCharsets.UTF_8);
    }
}
