package dev.ambit.services.cli.demo;

import dev.ambit.services.cli.lab.PodClient;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * Steady calls from a pod: some callers keep their connection, some open one per call. Counts what succeeds, and keeps
 * what fails.
 */
final class LoadOnPod implements AutoCloseable {
    private static final int CALLS_PER_KEPT_CONNECTION = 500;

    private final PodClient client;
    private final InetSocketAddress target;
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder connections = new LongAdder();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> callers = new ArrayList<>();
    private volatile boolean ending;

    LoadOnPod(PodClient client, InetSocketAddress target) {
        this.client = client;
        this.target = target;
    }

    LoadOnPod start(int keeping, int opening) {
        for (int i = 0; i < keeping + opening; i++) {
            boolean keeps = i < keeping;
            // Platform threads: a socket's namespace is that of the thread that makes it.
            callers.add(Thread.ofPlatform().daemon().name("load-" + i).start(() -> call(keeps)));
        }
        return this;
    }

    private void call(boolean keeps) {
        while (!ending) {
            try (Socket socket = client.connect(target)) {
                connections.increment();
                var in = new BufferedInputStream(socket.getInputStream());
                for (int i = 0; !ending && i < (keeps ? CALLS_PER_KEPT_CONNECTION : 1); i++) {
                    switch (PodClient.get(socket, in, "/load")) {
                        case PodClient.Answer.Ok _ -> succeeded.increment();
                        case PodClient.Answer.Failed(String why) -> {
                            failures.add(why);
                            i = CALLS_PER_KEPT_CONNECTION;
                        }
                    }
                }
            } catch (IOException e) {
                failures.add(String.valueOf(e.getMessage()));
            }
        }
    }

    long succeeded() {
        return succeeded.sum();
    }

    long connections() {
        return connections.sum();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Lets every caller finish the call it is in. */
    @Override
    public void close() {
        ending = true;
        for (Thread caller : callers) {
            try {
                caller.join(10_000);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
