package dev.ambit.ports.podnetwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link NetworkNamespace} promises. */
@Timeout(20)
public abstract class NetworkNamespaceContract {
    private final Deque<NetworkNamespace> opened = new ArrayDeque<>();

    /** A handle to a namespace that nothing else uses. */
    protected abstract NetworkNamespace fresh();

    /** Another handle to the same namespace. */
    protected abstract NetworkNamespace again(NetworkNamespace namespace);

    /** Something that tells which namespace the calling thread is in. */
    protected abstract Object whereabouts();

    private NetworkNamespace open() {
        NetworkNamespace namespace = fresh();
        opened.add(namespace);
        return namespace;
    }

    @AfterEach
    void closeAll() {
        opened.forEach(NetworkNamespace::close);
    }

    @Test
    void actionRunsInsideAndTheThreadComesBack() {
        Object home = whereabouts();
        NetworkNamespace namespace = open();

        Object inside = namespace.call(this::whereabouts);

        assertThat(inside).isNotEqualTo(home);
        assertThat(whereabouts()).isEqualTo(home);
        assertThat(namespace.call(this::whereabouts)).isEqualTo(inside);
    }

    @Test
    void threadComesBackWhenTheActionFails() {
        Object home = whereabouts();
        NetworkNamespace namespace = open();

        assertThatThrownBy(() -> namespace.call(() -> {
                    throw new IllegalArgumentException("on purpose");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("on purpose");
        assertThat(whereabouts()).isEqualTo(home);
    }

    @Test
    void callsNest() {
        NetworkNamespace outer = open();
        NetworkNamespace inner = open();
        Object inOuter = outer.call(this::whereabouts);
        Object inInner = inner.call(this::whereabouts);

        outer.call(() -> {
            assertThat(inner.call(this::whereabouts)).isEqualTo(inInner);
            return assertThat(whereabouts()).isEqualTo(inOuter);
        });
    }

    @Test
    void threadComesBackToANamespaceThatWasClosedMeanwhile() {
        Object home = whereabouts();
        NetworkNamespace outer = open();
        NetworkNamespace inner = open();
        Object inOuter = outer.call(this::whereabouts);

        Object afterwards = outer.call(() -> {
            outer.close();
            inner.call(this::whereabouts);
            return whereabouts();
        });

        assertThat(afterwards).isEqualTo(inOuter);
        assertThat(whereabouts()).isEqualTo(home);
    }

    @Test
    void severalThreadsAreInsideAtATime() throws Exception {
        NetworkNamespace namespace = open();
        Object inside = namespace.call(this::whereabouts);
        var together = new CountDownLatch(2);
        var first = new FutureTask<>(() -> namespace.call(() -> meet(together)));
        var second = new FutureTask<>(() -> namespace.call(() -> meet(together)));
        Thread.ofPlatform().start(first);
        Thread.ofPlatform().start(second);

        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(inside);
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(inside);
    }

    private Object meet(CountDownLatch together) {
        together.countDown();
        try {
            assertThat(together.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return whereabouts();
    }

    @Test
    void handlesToOneNamespaceHaveEqualIds() {
        NetworkNamespace namespace = open();
        NetworkNamespace other = open();
        try (NetworkNamespace same = again(namespace)) {
            assertThat(same.id()).isEqualTo(namespace.id());
            assertThat(other.id()).isNotEqualTo(namespace.id());
        }
    }

    @Test
    void closingOneHandleLeavesTheOthers() {
        NetworkNamespace namespace = open();
        Object inside = namespace.call(this::whereabouts);
        try (NetworkNamespace same = again(namespace)) {
            namespace.close();

            assertThat(same.call(this::whereabouts)).isEqualTo(inside);
        }
    }

    @Test
    void closedHandleRefuses() {
        NetworkNamespace namespace = open();
        namespace.close();
        namespace.close();

        assertThatThrownBy(() -> namespace.call(this::whereabouts)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closingLetsACallFinish() throws Exception {
        NetworkNamespace namespace = open();
        Object inside = namespace.call(this::whereabouts);
        var entered = new CountDownLatch(1);
        var closed = new CountDownLatch(1);
        var call = new FutureTask<>(() -> namespace.call(() -> {
            entered.countDown();
            return meet(closed);
        }));
        Thread.ofPlatform().start(call);
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();

        namespace.close();
        closed.countDown();

        assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo(inside);
    }

    @Test
    void virtualThreadsAreRefused() throws Exception {
        NetworkNamespace namespace = open();
        var call = new FutureTask<>(() -> namespace.call(this::whereabouts));

        Thread.startVirtualThread(call);

        assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IllegalStateException.class);
    }
}
