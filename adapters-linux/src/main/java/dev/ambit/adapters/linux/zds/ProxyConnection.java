package dev.ambit.adapters.linux.zds;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.adapters.linux.proto.Version;
import dev.ambit.adapters.linux.proto.WorkloadResponse;
import dev.ambit.adapters.linux.proto.ZdsHello;
import dev.ambit.adapters.linux.syscall.ReceivedPacket;
import dev.ambit.adapters.linux.syscall.SeqPacketSocket;
import dev.ambit.adapters.linux.syscall.SyscallException;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.NodeProxies.EnrolledPod;
import dev.ambit.ports.podnetwork.NodeProxies.Pods;
import dev.ambit.ports.podnetwork.NodeProxies.Snapshot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connected proxy. Its thread reads acknowledgements; whoever finds no request outstanding sends the next.
 */
final class ProxyConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyConnection.class);

    /** More pods than a node holds, times a few; a proxy so far behind is better off with a new snapshot. */
    private static final int WAITING_MAX = 4096;

    private static final Duration KNOWN_TICK = Duration.ofMillis(200);

    private final int number;
    private final SeqPacketSocket socket;
    private final Duration ackTimeout;
    private final Deque<Outgoing> waiting = new ArrayDeque<>();
    private @Nullable Outgoing outstanding;
    private long sentAt;
    private boolean announced;
    private boolean greeted;
    private boolean pastSnapshot;
    private boolean ended;

    ProxyConnection(int number, SeqPacketSocket socket, Duration ackTimeout) {
        this.number = number;
        this.socket = socket;
        this.ackTimeout = ackTimeout;
    }

    /** Waits for the proxy's first message. */
    void awaitHello() {
        if (!socket.awaitReadable(ackTimeout)) {
            throw new ZdsViolation("no hello within " + ackTimeout.toMillis() + " ms");
        }
        try (var packet = socket.receive(ZdsMessages.RESPONSE_BYTES_MAX)
                .orElseThrow(() -> new ZdsViolation("closed before its hello"))) {
            ZdsHello hello = ZdsHello.parseFrom(packet.data());
            if (hello.getVersion() != Version.V1) {
                throw new ZdsViolation("speaks version " + hello.getVersionValue() + " of ZDS, not 1");
            }
            synchronized (this) {
                announced = true;
            }
        } catch (InvalidProtocolBufferException e) {
            throw new ZdsViolation("sent a hello that is no ZdsHello: " + e.getMessage());
        }
    }

    /** Says the snapshot, then whatever was asked for meanwhile, then reads until the proxy is gone. */
    void converse(Snapshot snapshot) {
        Optional<Pods> pods = known(snapshot);
        if (pods.isEmpty()) {
            return;
        }
        List<Outgoing> first = new ArrayList<>();
        for (EnrolledPod pod : pods.get().enrolled()) {
            first.add(loggingFailure(Outgoing.add(pod)));
        }
        for (PodRef pod : pods.get().kept()) {
            first.add(loggingFailure(Outgoing.keep(pod)));
        }
        first.add(loggingFailure(Outgoing.snapshotSent()));
        synchronized (this) {
            first.reversed().forEach(waiting::addFirst);
            greeted = true;
        }
        LOG.info("node proxy connected\tconnection={} snapshotPods={}", number, first.size() - 1);
        sendNext();
        Duration tick = ackTimeout.dividedBy(4).compareTo(Duration.ofSeconds(1)) < 0
                ? ackTimeout.dividedBy(4)
                : Duration.ofSeconds(1);
        while (true) {
            if (!socket.awaitReadable(tick)) {
                checkPatience();
                continue;
            }
            Optional<ReceivedPacket> packet = socket.receive(ZdsMessages.RESPONSE_BYTES_MAX);
            if (packet.isEmpty()) {
                return;
            }
            try (var response = packet.get()) {
                acknowledge(response);
            }
            sendNext();
        }
    }

    /** Waits until the node's pods are known; empty when this connection is closed before. */
    private Optional<Pods> known(Snapshot snapshot) {
        CompletableFuture<Pods> pods = snapshot.pods().toCompletableFuture();
        while (!socket.isClosed()) {
            try {
                return Optional.of(pods.get(KNOWN_TICK.toMillis(), TimeUnit.MILLISECONDS));
            } catch (TimeoutException e) {
                LOG.debug("a node proxy waits until this node's pods are known\tconnection={}", number);
            } catch (InterruptedException e) {
                return Optional.empty();
            } catch (ExecutionException e) {
                throw new IllegalStateException("this node's pods cannot be known", e);
            }
        }
        return Optional.empty();
    }

    private Outgoing loggingFailure(Outgoing outgoing) {
        var _ = outgoing.acknowledged().exceptionally(e -> {
            LOG.warn("snapshot incomplete\tconnection={} why=\"{}\"", number, e.getMessage());
            return null;
        });
        return outgoing;
    }

    private synchronized void checkPatience() {
        if (outstanding != null && System.nanoTime() - sentAt > ackTimeout.toNanos()) {
            throw new ZdsViolation("did not acknowledge " + outstanding + " within " + ackTimeout.toMillis() + " ms");
        }
    }

    private void acknowledge(ReceivedPacket packet) {
        String error;
        try {
            WorkloadResponse response = WorkloadResponse.parseFrom(packet.data());
            if (packet.isTruncated() || !response.hasAck()) {
                throw new ZdsViolation("sent something other than an acknowledgement");
            }
            error = response.getAck().getError();
        } catch (InvalidProtocolBufferException e) {
            throw new ZdsViolation("sent an acknowledgement that is no WorkloadResponse: " + e.getMessage());
        }
        Outgoing answered;
        synchronized (this) {
            answered = outstanding;
            outstanding = null;
            pastSnapshot |= answered != null && answered.isSnapshotEnd();
        }
        if (answered == null) {
            throw new ZdsViolation("acknowledged what it was not asked");
        }
        answered.complete(error);
    }

    /** Whether the proxy has said hello, so that changes concern it. */
    synchronized boolean isAnnounced() {
        return announced && !ended;
    }

    /** Sends the request as soon as those before it are acknowledged. */
    void enqueue(Outgoing outgoing) {
        boolean accepted;
        synchronized (this) {
            accepted = !ended && waiting.size() < WAITING_MAX;
            if (accepted) {
                waiting.add(outgoing);
            }
        }
        if (accepted) {
            sendNext();
        } else {
            outgoing.lose("the node proxy is gone or too far behind");
            socket.close();
        }
    }

    private void sendNext() {
        while (true) {
            Outgoing next;
            RuntimeException problem;
            synchronized (this) {
                if (!greeted || ended || outstanding != null || waiting.isEmpty()) {
                    return;
                }
                next = waiting.remove();
                if (next.acknowledged().isDone()) {
                    continue;
                }
                outstanding = next;
                sentAt = System.nanoTime();
                problem = trySend(next);
                if (problem == null) {
                    return;
                }
                outstanding = null;
            }
            next.fail("cannot be sent: " + problem.getMessage());
            if (problem instanceof SyscallException) {
                socket.close();
                return;
            }
        }
    }

    private @Nullable RuntimeException trySend(Outgoing next) {
        try {
            next.send(socket);
            return null;
        } catch (SyscallException | IllegalStateException e) {
            return e;
        }
    }

    synchronized boolean isPastSnapshot() {
        return pastSnapshot && !ended;
    }

    /** Makes the thread that converses stop. */
    void close() {
        socket.close();
    }

    /** Fails all that was asked and not answered. */
    void end(String why) {
        List<Outgoing> lost = new ArrayList<>();
        synchronized (this) {
            ended = true;
            if (outstanding != null) {
                lost.add(outstanding);
                outstanding = null;
            }
            lost.addAll(waiting);
            waiting.clear();
        }
        socket.close();
        lost.forEach(outgoing -> outgoing.lose(why));
    }

    @Override
    public String toString() {
        return "connection " + number;
    }
}
