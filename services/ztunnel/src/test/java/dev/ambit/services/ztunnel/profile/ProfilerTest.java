package dev.ambit.services.ztunnel.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real recordings of this JVM. That pprof reads them is checked where Go is: docs/administration.md has the command. */
@Timeout(60)
class ProfilerTest {
    private static final AtomicReference<double[]> SINK = new AtomicReference<>();

    private final Profiler profiler = new Profiler();
    private final AtomicBoolean running = new AtomicBoolean(true);

    private String whileBusy(ProfileKind kind) throws InterruptedException {
        Thread busy = Thread.ofPlatform().start(this::burnAndAllocate);
        try {
            return strings(profiler.take(kind, Duration.ofSeconds(1), 100)
                    .toCompletableFuture()
                    .join());
        } finally {
            running.set(false);
            busy.join();
        }
    }

    private void burnAndAllocate() {
        double sum = 0;
        while (running.get()) {
            var numbers = new double[1_000];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = Math.sqrt(i + sum);
                sum += numbers[i] / 1e9;
            }
            SINK.set(numbers);
        }
    }

    /** Texts are in the clear once unzipped. */
    private static String strings(byte[] profile) {
        try (var plain = new GZIPInputStream(new ByteArrayInputStream(profile))) {
            return new String(plain.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCpuProfileNamesWhatIsBusy() throws InterruptedException {
        assertThat(whileBusy(ProfileKind.CPU))
                .contains(
                        "samples", "count", "cpu", "nanoseconds", "ProfilerTest.burnAndAllocate", "ProfilerTest.java");
    }

    @Test
    void aProfileOfAllocationsNamesWhoAllocates() throws InterruptedException {
        assertThat(whileBusy(ProfileKind.ALLOCATIONS)).contains("alloc_space", "bytes", "ProfilerTest.burnAndAllocate");
    }

    @Test
    void aHeapProfileNamesClasses() {
        byte[] profile = profiler.take(ProfileKind.HEAP, Duration.ZERO, 1)
                .toCompletableFuture()
                .join();

        assertThat(strings(profile)).contains("inuse_objects", "inuse_space", "java.lang.String");
    }

    @Test
    void thereIsOneAtATimeAndThenAnother() {
        var first = profiler.take(ProfileKind.CPU, Duration.ofMillis(300), 10).toCompletableFuture();

        assertThatThrownBy(() -> profiler.take(ProfileKind.HEAP, Duration.ZERO, 1)
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("a profile is being taken");
        first.join();
        assertThat(profiler.take(ProfileKind.HEAP, Duration.ZERO, 1)
                        .toCompletableFuture()
                        .join())
                .isNotEmpty();
    }
}
