package dev.ambit.services.cli.bench;

import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.services.cli.lab.PodClient;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** The loads that are put on a path, each from inside the client's pod and for a given time. */
final class Load {
    private final NetworkNamespace client;
    private final InetSocketAddress http;
    private final InetSocketAddress bulk;
    private final Duration duration;

    Load(NetworkNamespace client, InetSocketAddress http, InetSocketAddress bulk, Duration duration) {
        this.client = client;
        this.http = http;
        this.bulk = bulk;
        this.duration = duration;
    }

    /**
     * What a load did.
     *
     * @param units bytes, requests or connections, as the load counts
     */
    record Done(double units, double seconds, Latencies latencies, long failures) {
        double perSecond() {
            return units / seconds;
        }
    }

    /** One caller's loop: runs until the deadline (System.nanoTime) and counts. */
    @FunctionalInterface
    private interface Caller {
        void run(long deadline, LongAdder units, Latencies latencies) throws IOException;
    }

    Done upload(int connections) {
        return run(connections, (deadline, units, _) -> {
            try (SocketChannel channel = bulkChannel(BulkServer.SWALLOW)) {
                var buffer = ByteBuffer.allocateDirect(BulkServer.CHUNK_BYTES);
                while (System.nanoTime() < deadline) {
                    buffer.clear();
                    while (buffer.hasRemaining()) {
                        units.add(channel.write(buffer));
                    }
                }
            }
        });
    }

    Done download(int connections) {
        return run(connections, (deadline, units, _) -> {
            try (SocketChannel channel = bulkChannel(BulkServer.SEND)) {
                var buffer = ByteBuffer.allocateDirect(BulkServer.CHUNK_BYTES);
                while (System.nanoTime() < deadline) {
                    int read = channel.read(buffer.clear());
                    if (read < 0) {
                        throw new IOException("the far end closed the transfer");
                    }
                    units.add(read);
                }
            }
        });
    }

    /** Requests one after another on kept connections. */
    Done requests(int connections) {
        return run(connections, (deadline, units, latencies) -> onKeptConnection(deadline, units, latencies, 0));
    }

    /** Requests at a fixed rate in all, spread over kept connections; a late one is not made up for. */
    Done requestsAtRate(int connections, int perSecond) {
        long interval = 1_000_000_000L * connections / perSecond;
        return run(connections, (deadline, units, latencies) -> onKeptConnection(deadline, units, latencies, interval));
    }

    /** As {@link #requestsAtRate}, while others upload in bulk and as many ask for bulk that they do not read. */
    Done requestsAtRateBeside(int connections, int perSecond, int others) {
        List<SocketChannel> stalled = new ArrayList<>();
        var longer = new Load(client, http, bulk, duration.plusSeconds(1));
        Thread beside = Thread.ofPlatform().daemon().name("beside").start(() -> longer.upload(others));
        try {
            for (int i = 0; i < others; i++) {
                stalled.add(bulkChannel(BulkServer.SEND));
            }
            return requestsAtRate(connections, perSecond);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the connections that stall", e);
        } finally {
            stalled.forEach(Load::closeQuietly);
            join(List.of(beside));
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException _) {
            // It was only there to be in the way.
        }
    }

    private void onKeptConnection(long deadline, LongAdder units, Latencies latencies, long interval)
            throws IOException {
        try (Socket socket = pod().connect(http)) {
            var in = new BufferedInputStream(socket.getInputStream());
            long next = System.nanoTime() + (long) (interval * Math.random());
            while (System.nanoTime() < deadline) {
                if (interval > 0) {
                    for (long early = next - System.nanoTime(); early > 0; early = next - System.nanoTime()) {
                        LockSupport.parkNanos(early);
                    }
                    next = Math.max(next + interval, System.nanoTime());
                }
                long start = System.nanoTime();
                expectOk(PodClient.get(socket, in, "/"));
                latencies.add(System.nanoTime() - start);
                units.increment();
            }
        }
    }

    /** A connection for every request. */
    Done connections(int callers) {
        return run(callers, (deadline, units, latencies) -> {
            PodClient pod = pod();
            while (System.nanoTime() < deadline) {
                connectOnce(pod, units, latencies);
            }
        });
    }

    /** The same by one caller, with a pause after each, in which a tunnel that is not used any more can go away. */
    Done connectionsApart(Duration pause) {
        return run(1, (deadline, units, latencies) -> {
            while (System.nanoTime() < deadline) {
                connectOnce(pod(), units, latencies);
                LockSupport.parkNanos(pause.toNanos());
            }
        });
    }

    private void connectOnce(PodClient pod, LongAdder units, Latencies latencies) throws IOException {
        long start = System.nanoTime();
        try (Socket socket = pod.connect(http)) {
            // Reset instead of TIME_WAIT: ports would run out long before the proxy does.
            socket.setSoLinger(true, 0);
            expectOk(PodClient.get(socket, new BufferedInputStream(socket.getInputStream()), "/"));
        }
        latencies.add(System.nanoTime() - start);
        units.increment();
    }

    private static void expectOk(PodClient.Answer answer) throws IOException {
        if (answer instanceof PodClient.Answer.Failed(String why)) {
            throw new IOException(why);
        }
    }

    private PodClient pod() {
        return new PodClient(client, Duration.ofSeconds(10));
    }

    private SocketChannel bulkChannel(byte command) throws IOException {
        SocketChannel channel = client.call(() -> {
            try {
                return SocketChannel.open();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(bulk);
        channel.write(ByteBuffer.wrap(new byte[] {command}));
        return channel;
    }

    private Done run(int callers, Caller caller) {
        var units = new LongAdder();
        var failures = new LongAdder();
        List<Latencies> perCaller = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        long start = System.nanoTime();
        long deadline = start + duration.toNanos();
        for (int i = 0; i < callers; i++) {
            var latencies = new Latencies();
            perCaller.add(latencies);
            threads.add(Thread.ofPlatform().daemon().name("load-" + i).start(() -> {
                while (System.nanoTime() < deadline) {
                    try {
                        caller.run(deadline, units, latencies);
                    } catch (IOException _) {
                        failures.increment();
                    }
                }
            }));
        }
        join(threads);
        double seconds = (System.nanoTime() - start) / 1e9;
        var all = new Latencies();
        perCaller.forEach(all::addAll);
        return new Done(units.sum(), seconds, all, failures.sum());
    }

    private void join(List<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join(duration.plusSeconds(15));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
