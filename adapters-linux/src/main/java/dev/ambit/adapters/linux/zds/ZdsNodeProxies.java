package dev.ambit.adapters.linux.zds;

import dev.ambit.adapters.linux.syscall.SeqPacketSocket;
import dev.ambit.adapters.linux.syscall.SyscallException;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.NodeProxies;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node agent's end of ZDS: listens on a unix socket that only its own user may use. One thread accepts, one more per
 * connection. A proxy that breaks the protocol or does not acknowledge in time loses its connection; others do not notice.
 */
public final class ZdsNodeProxies implements NodeProxies {
    private static final Logger LOG = LoggerFactory.getLogger(ZdsNodeProxies.class);

    /** A proxy starts listeners and waits for a certificate before it acknowledges. */
    private static final Duration ACK_TIMEOUT = Duration.ofSeconds(10);

    /** One proxy per node, two while it is upgraded; the rest is room for mistakes. */
    private static final int CONNECTIONS_MAX = 16;

    private static final int BACKLOG = 16;
    private static final Duration ACCEPT_PAUSE = Duration.ofSeconds(1);

    private final Path path;
    private final Duration ackTimeout;
    private final List<ProxyConnection> connections = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private @Nullable SeqPacketSocket listener;
    private final CountDownLatch closing = new CountDownLatch(1);

    /**
     * Ten seconds for each acknowledgement.
     *
     * @param socket where to listen, such as {@code /var/run/ztunnel/ztunnel.sock}; replaced when it exists
     */
    public ZdsNodeProxies(Path socket) {
        this(socket, ACK_TIMEOUT);
    }

    /**
     * Node proxies that have as long as given for each request.
     *
     * @param ackTimeout how long a proxy may take for one request before its connection is ended
     */
    public ZdsNodeProxies(Path socket, Duration ackTimeout) {
        this.path = socket.toAbsolutePath();
        this.ackTimeout = ackTimeout;
    }

    /**
     * Listens.
     *
     * @throws PodNetworkException if the socket cannot be made
     */
    @Override
    public synchronized void start(Snapshot snapshot) {
        if (listener != null || isClosed()) {
            throw new IllegalStateException("node proxies at " + path + " were started or closed before");
        }
        SeqPacketSocket opened = listen();
        listener = opened;
        threads.add(Thread.ofPlatform().daemon().name("zds-accept").start(() -> accept(opened, snapshot)));
        LOG.info("waiting for node proxies\tsocket={}", path);
    }

    private SeqPacketSocket listen() {
        try {
            Files.createDirectories(path.resolveSibling(""));
            Files.deleteIfExists(path);
            return SeqPacketSocket.listen(path, BACKLOG);
        } catch (IOException | SyscallException | IllegalArgumentException e) {
            throw new PodNetworkException("cannot listen for node proxies at " + path + ": " + e.getMessage(), e);
        }
    }

    private void accept(SeqPacketSocket opened, Snapshot snapshot) {
        int number = 0;
        while (!isClosed()) {
            try {
                SeqPacketSocket socket = opened.accept();
                if (isClosed() || connections.size() >= CONNECTIONS_MAX) {
                    LOG.warn("node proxy turned away\tconnected={} max={}", connections.size(), CONNECTIONS_MAX);
                    socket.close();
                    continue;
                }
                number++;
                serve(new ProxyConnection(number, socket, ackTimeout), snapshot, number);
            } catch (SyscallException | IllegalStateException e) {
                // when closed, accept fails and the loop ends; else, for example, descriptors have run out for now
                if (!isClosed()) {
                    LOG.error("a node proxy cannot connect now\tsocket={} why=\"{}\"", path, e.getMessage());
                    pause();
                }
            }
        }
    }

    private void pause() {
        try {
            if (closing.await(ACCEPT_PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("closed while pausing\tsocket={}", path);
            }
        } catch (InterruptedException e) {
            LOG.debug("interrupted while pausing\tsocket={}", path);
        }
    }

    private void serve(ProxyConnection connection, Snapshot snapshot, int number) {
        connections.add(connection);
        Thread thread = Thread.ofPlatform().daemon().name("zds-proxy-" + number).unstarted(() -> {
            String why = "the node proxy disconnected";
            try {
                connection.awaitHello();
                connection.converse(snapshot);
                LOG.info("node proxy disconnected {}", connection);
            } catch (ZdsViolation e) {
                why = "the node proxy " + e.getMessage();
                LOG.warn("node proxy dropped\tproxy=\"{}\" why=\"{}\"", connection, e.getMessage());
            } catch (SyscallException | IllegalStateException e) {
                LOG.info("node proxy disconnected\tproxy=\"{}\" why=\"{}\"", connection, e.getMessage());
            } catch (RuntimeException e) {
                why = "the node agent failed: " + e;
                LOG.error("node proxy dropped {}", connection, e);
            } finally {
                connections.remove(connection);
                threads.remove(Thread.currentThread());
                connection.end(why);
            }
        });
        threads.add(thread);
        thread.start();
    }

    @Override
    public CompletionStage<Void> add(EnrolledPod pod) {
        List<ProxyConnection> announced =
                connections.stream().filter(ProxyConnection::isAnnounced).toList();
        var served = new CompletableFuture<Void>();
        var open = new AtomicInteger(announced.size());
        Outgoing newest = Outgoing.add(pod);
        for (ProxyConnection connection : announced) {
            Outgoing outgoing = connection.equals(announced.getLast()) ? newest : Outgoing.add(pod);
            connection.enqueue(outgoing);
            var _ = outgoing.acknowledged().thenRun(() -> served.complete(null));
            var _ = outgoing.acknowledged().exceptionally(_ -> {
                if (open.decrementAndGet() == 0) {
                    var _ = newest.acknowledged().exceptionally(words -> {
                        served.completeExceptionally(words);
                        return null;
                    });
                }
                return null;
            });
        }
        if (announced.isEmpty()) {
            newest.fail("no node proxy is connected to " + path);
            return newest.acknowledged();
        }
        return served;
    }

    @Override
    public CompletionStage<Void> remove(PodRef pod) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (ProxyConnection connection :
                connections.stream().filter(ProxyConnection::isAnnounced).toList()) {
            Outgoing outgoing = Outgoing.remove(pod);
            connection.enqueue(outgoing);
            all.add(outgoing.acknowledged());
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    @Override
    public int connected() {
        return (int)
                connections.stream().filter(ProxyConnection::isPastSnapshot).count();
    }

    @Override
    public void close() {
        SeqPacketSocket opened;
        synchronized (this) {
            if (isClosed()) {
                return;
            }
            closing.countDown();
            opened = listener;
        }
        if (opened != null) {
            opened.close();
            removeSocket();
        }
        connections.forEach(ProxyConnection::close);
        for (Thread thread : threads) {
            join(thread);
        }
    }

    private boolean isClosed() {
        return closing.getCount() == 0;
    }

    private void removeSocket() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("socket cannot be removed\tsocket={} why=\"{}\"", path, e.getMessage());
        }
    }

    private static void join(Thread thread) {
        if (thread.equals(Thread.currentThread())) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
