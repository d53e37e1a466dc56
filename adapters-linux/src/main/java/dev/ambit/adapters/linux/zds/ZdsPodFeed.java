package dev.ambit.adapters.linux.zds;

import dev.ambit.adapters.linux.proto.WorkloadResponse;
import dev.ambit.adapters.linux.syscall.ReceivedPacket;
import dev.ambit.adapters.linux.syscall.SeqPacketSocket;
import dev.ambit.adapters.linux.syscall.SyscallException;
import dev.ambit.domain.enrolment.AgentBackoff;
import dev.ambit.ports.podnetwork.PodFeed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node proxy's end of ZDS. One thread connects, reads and answers.
 *
 * <p>A request that makes no sense (no descriptor, cut off, not protobuf) is refused in its acknowledgement; one that is
 * out of order, or an add that does not say whose pod it is, ends the feed, as in Istio's ztunnel.
 */
public final class ZdsPodFeed implements PodFeed {
    private static final Logger LOG = LoggerFactory.getLogger(ZdsPodFeed.class);
    /** The listener may be at work, or the agent's queue of connections full. */
    private static final Duration CLOSE_LONGEST = Duration.ofSeconds(10);

    private static final RandomGenerator RANDOM = RandomGenerator.getDefault();

    private final Path path;
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Thread thread;
    private volatile @Nullable SeqPacketSocket connection;

    /**
     * A feed that is not started.
     *
     * @param socket where the node agent listens, such as {@code /var/run/ztunnel/ztunnel.sock}
     */
    public ZdsPodFeed(Path socket) {
        this.path = socket;
    }

    @Override
    public synchronized void start(Listener listener) {
        if (thread != null || isClosing()) {
            throw new IllegalStateException("feed of " + path + " was started or closed before");
        }
        thread = Thread.ofPlatform().daemon().name("zds-feed").start(() -> run(listener));
    }

    private void run(Listener listener) {
        AgentBackoff connecting = AgentBackoff.CONNECTING;
        AgentBackoff announcing = AgentBackoff.ANNOUNCING;
        boolean awayKnown = false;
        while (!isClosing()) {
            Ending ending = converse(listener);
            if (isClosing()) {
                break;
            }
            if (ending.violation) {
                tell(() -> listener.broken(ending.why));
                break;
            }
            if (ending.connected || !awayKnown) {
                LOG.warn("node agent is away; pods stay served\tsocket={} why=\"{}\"", path, ending.why);
                tell(() -> listener.disconnected(ending.why));
                awayKnown = true;
            }
            connecting = ending.connected ? AgentBackoff.CONNECTING : connecting.afterFailure();
            announcing = ending.connected
                    ? (ending.orderly ? AgentBackoff.ANNOUNCING : announcing).afterFailure()
                    : announcing;
            pause((ending.connected ? announcing : connecting).pause(RANDOM));
        }
        LOG.debug("zds feed ended\tsocket={}", path);
    }

    /**
     * How a connection ended.
     *
     * @param connected whether there was one
     * @param orderly whether it got past the snapshot, so that coming back soon is welcome
     * @param violation whether the agent broke the order of the dialogue
     */
    private record Ending(boolean connected, boolean orderly, boolean violation, String why) {
        Ending(boolean connected, boolean orderly, String why) {
            this(connected, orderly, false, why);
        }
    }

    private Ending converse(Listener listener) {
        try (var socket = SeqPacketSocket.connect(path)) {
            connection = socket;
            return isClosing() ? new Ending(false, false, "closing") : converse(listener, socket);
        } catch (SyscallException | IllegalArgumentException e) {
            return new Ending(false, false, messageOf(e));
        } finally {
            connection = null;
        }
    }

    private Ending converse(Listener listener, SeqPacketSocket socket) {
        var dialogue = new ZdsDialogue(listener);
        try {
            socket.send(ZdsMessages.hello().toByteArray());
            listener.snapshotStarted();
            LOG.info("connected to node agent\tsocket={}", path);
            while (true) {
                Optional<ReceivedPacket> packet = socket.receive(ZdsMessages.REQUEST_BYTES_MAX);
                if (packet.isEmpty()) {
                    return new Ending(true, dialogue.isPastSnapshot(), "the agent closed the connection");
                }
                WorkloadResponse answer;
                try (var request = packet.get()) {
                    answer = dialogue.answer(request);
                }
                socket.send(answer.toByteArray());
            }
        } catch (ZdsViolation e) {
            LOG.error("node agent broke the ZDS protocol\tsocket={} violation=\"{}\"", path, e.getMessage());
            return new Ending(true, false, true, messageOf(e));
        } catch (InterruptedException e) {
            return new Ending(true, false, "closing");
        } catch (RuntimeException e) {
            if (!isClosing() && !(e instanceof SyscallException)) {
                LOG.error("zds connection failed\tsocket={}", path, e);
            }
            return new Ending(true, dialogue.isPastSnapshot(), messageOf(e));
        }
    }

    private static void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            LOG.error("listener failed on the end of a connection", e);
        }
    }

    private static String messageOf(Throwable e) {
        return String.valueOf(e.getMessage());
    }

    private void pause(Duration pause) {
        try {
            if (closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.debug("zds feed closes while pausing\tsocket={}", path);
            }
        } catch (InterruptedException e) {
            LOG.debug("zds feed interrupted while pausing\tsocket={}", path);
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    /** Waits for the thread to end, unless called from it. */
    @Override
    public void close() {
        closing.countDown();
        SeqPacketSocket open = connection;
        if (open != null) {
            open.close();
        }
        Thread running;
        synchronized (this) {
            running = thread;
        }
        if (running == null || running.equals(Thread.currentThread())) {
            return;
        }
        running.interrupt();
        try {
            if (!running.join(CLOSE_LONGEST)) {
                LOG.warn("zds feed is slow to end; left to end by itself\tsocket={}", path);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
