package dev.ambit.adapters.loom.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class NamespaceThreadsTest {
    private final FakeNetworkNamespace namespace = new FakeNetworkNamespace(7);
    private final NamespaceThreads threads = new NamespaceThreads();

    @AfterEach
    void close() {
        threads.close();
    }

    @Test
    void aVirtualThreadGetsWhatIsOpenedInside() {
        CompletableFuture<Long> inside = CompletableFuture.supplyAsync(
                () -> threads.call(namespace, FakeNetworkNamespace::current), Thread::startVirtualThread);

        assertThat(inside.join()).isEqualTo(7);
        assertThat(threads.call(namespace, () -> Thread.currentThread().isVirtual()))
                .isFalse();
    }

    @Test
    void whatFailsInsideFailsHereAndTheThreadIsUsedAgain() {
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> threads.call(namespace, () -> {
                        throw new IllegalArgumentException("no such family");
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no such family");
        }
        assertThat(threads.<String>call(namespace, () -> "fine")).isEqualTo("fine");
    }

    /** As a thread that the kernel does not let go home: whatever it opened next would be in another pod's namespace. */
    @Test
    void aThreadThatCannotBeTakenBackIsNotUsedAgain() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> threads.call(namespace, () -> {
                        throw new AssertionError("stranded");
                    }))
                    .hasMessage("stranded");
        }

        assertThatThrownBy(() -> threads.<String>call(namespace, () -> "never"))
                .hasMessageContaining("no thread is left");
    }
}
