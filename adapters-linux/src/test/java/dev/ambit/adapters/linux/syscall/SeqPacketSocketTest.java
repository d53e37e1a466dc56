package dev.ambit.adapters.linux.syscall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SeqPacketSocketTest {
    private final Path path;
    private final SeqPacketSocket listening;
    private final SeqPacketSocket here;
    private final SeqPacketSocket there;

    SeqPacketSocketTest(@TempDir Path folder) throws IOException {
        path = folder.resolve("socket");
        listening = SeqPacketSocket.listen(path, 1);
        here = SeqPacketSocket.connect(path);
        there = listening.accept();
    }

    @BeforeEach
    void nothingToReadYet() {
        assertThat(there.awaitReadable(Duration.ofMillis(1))).isFalse();
    }

    @AfterEach
    void close() {
        here.close();
        there.close();
        listening.close();
    }

    @Test
    void packetsKeepTheirBoundaries() {
        here.send("one".getBytes(UTF_8));
        here.send("two".getBytes(UTF_8));

        assertThat(read()).isEqualTo("one");
        assertThat(read()).isEqualTo("two");
    }

    private String read() {
        try (var packet = there.receive(100).orElseThrow()) {
            return UTF_8.decode(packet.data()).toString();
        }
    }

    @Test
    void longPacketIsSeenToBeCutOff() {
        here.send(new byte[101]);

        try (var packet = there.receive(100).orElseThrow()) {
            assertThat(packet.isTruncated()).isTrue();
            assertThat(packet.data()).isEqualTo(ByteBuffer.allocate(100));
        }
    }

    @Test
    void descriptorsThatNobodyTakesAreClosed() {
        int[] many = new int[40];
        Arrays.setAll(many, i -> Libc.open(Path.of("/proc/self/status")));
        long before = openDescriptors();

        here.send(new byte[1], many);
        try (var packet = there.receive(100).orElseThrow()) {
            assertThat(packet.descriptors()).isEqualTo(16);
            assertThat(packet.isTruncated()).isTrue();
        }

        assertThat(openDescriptors()).isEqualTo(before);
        Arrays.stream(many).forEach(Libc::close);
    }

    private static long openDescriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }

    @Test
    void peerThatDoesNotReadIsAnErrorNotAWait() {
        assertThatThrownBy(() -> {
                    while (true) {
                        here.send(new byte[1000]);
                    }
                })
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("EAGAIN");
    }

    @Test
    void closingWakesTheReader() throws Exception {
        var reading = new FutureTask<>(() -> there.receive(100));
        Thread reader = Thread.ofPlatform().start(reading);
        while (reader.getState() == Thread.State.NEW) {
            Thread.onSpinWait();
        }

        here.close();

        assertThat(reading.get(10, TimeUnit.SECONDS)).isEqualTo(Optional.empty());
    }

    @Test
    void peerThatIsGoneIsAnError() {
        there.close();

        assertThatThrownBy(() -> here.send(new byte[1]))
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("EPIPE");
    }

    @Test
    void nobodyThereIsAnErrorThatNamesThePath() {
        assertThatThrownBy(() -> SeqPacketSocket.connect(path.resolveSibling("absent")))
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining("absent: ENOENT");
        listening.close();
        assertThatThrownBy(() -> SeqPacketSocket.connect(path))
                .isInstanceOf(SyscallException.class)
                .hasMessageContaining(path + ": ECONNREFUSED");
    }
}
