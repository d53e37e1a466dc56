package dev.ambit.adapters.linux.zds;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.adapters.linux.proto.AddWorkload;
import dev.ambit.adapters.linux.proto.WorkloadRequest;
import dev.ambit.adapters.linux.proto.WorkloadResponse;
import dev.ambit.adapters.linux.syscall.ReceivedPacket;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.PodFeed.Listener;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection's requests, in order: what each asks of the listener and how it is answered. */
final class ZdsDialogue {
    private static final Logger LOG = LoggerFactory.getLogger(ZdsDialogue.class);

    /** Shorter than the agent waits, so that it hears a reason rather than nothing. */
    private static final Duration LONGEST_WORK = Duration.ofSeconds(8);

    private final Listener listener;
    private boolean pastSnapshot;

    ZdsDialogue(Listener listener) {
        this.listener = listener;
    }

    boolean isPastSnapshot() {
        return pastSnapshot;
    }

    /**
     * Carries out a request.
     *
     * @throws ZdsViolation if the request is out of order
     */
    WorkloadResponse answer(ReceivedPacket packet) throws InterruptedException {
        try {
            perform(packet);
            return ZdsMessages.acknowledged();
        } catch (ZdsViolation e) {
            throw e;
        } catch (PodNetworkException e) {
            LOG.warn("request of node agent refused\twhy=\"{}\"", e.getMessage());
            return ZdsMessages.refused(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("request of node agent failed", e);
            return ZdsMessages.refused(e.toString());
        }
    }

    private void perform(ReceivedPacket packet) throws InterruptedException {
        if (packet.isTruncated()) {
            throw new PodNetworkException("request is longer than " + ZdsMessages.REQUEST_BYTES_MAX + " bytes");
        }
        WorkloadRequest request = parse(packet);
        if (!request.hasAdd() && packet.descriptors() > 0) {
            throw new PodNetworkException("request " + request.getPayloadCase() + " carries " + packet.descriptors()
                    + " file descriptors; only an add carries one");
        }
        switch (request.getPayloadCase()) {
            case ADD -> add(request.getAdd(), packet);
            case KEEP -> keep(request.getKeep().getUid());
            case SNAPSHOT_SENT -> completeSnapshot();
            case DEL -> await(listener.removed(named(request.getDel().getUid())));
            case PAYLOAD_NOT_SET -> throw new PodNetworkException("request is of no kind this proxy knows");
        }
    }

    private static WorkloadRequest parse(ReceivedPacket packet) {
        try {
            return WorkloadRequest.parseFrom(packet.data());
        } catch (InvalidProtocolBufferException e) {
            throw new PodNetworkException("request is not a WorkloadRequest: " + e.getMessage(), e);
        }
    }

    private void add(AddWorkload add, ReceivedPacket packet) throws InterruptedException {
        String uid = named(add.getUid());
        if (packet.descriptors() != 1) {
            throw new PodNetworkException("add of pod uid " + uid + " carries " + packet.descriptors()
                    + " file descriptors instead of 1, its network namespace");
        }
        if (!add.hasWorkloadInfo()) {
            throw new ZdsViolation("add of pod uid " + uid + " lacks workload_info");
        }
        PodRef pod = ZdsMessages.pod(add);
        LinuxNetworkNamespace namespace = LinuxNetworkNamespace.ofFd(packet.takeDescriptor());
        CompletionStage<Void> added;
        try {
            added = listener.added(pod, namespace);
        } catch (RuntimeException e) {
            namespace.close();
            throw e;
        }
        await(added);
    }

    private void keep(String uid) throws InterruptedException {
        if (pastSnapshot) {
            throw new ZdsViolation("keep of pod uid " + uid + " after the snapshot");
        }
        await(listener.kept(named(uid)));
    }

    private void completeSnapshot() throws InterruptedException {
        if (pastSnapshot) {
            throw new ZdsViolation("a second end of snapshot");
        }
        pastSnapshot = true;
        await(listener.snapshotCompleted());
    }

    private static String named(String uid) {
        if (uid.isEmpty()) {
            throw new PodNetworkException("request names no pod uid");
        }
        return uid;
    }

    private static void await(CompletionStage<Void> work) throws InterruptedException {
        try {
            work.toCompletableFuture().get(LONGEST_WORK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new PodNetworkException(
                    String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e);
        } catch (TimeoutException e) {
            throw new PodNetworkException("not done within " + LONGEST_WORK.toSeconds() + " s", e);
        }
    }
}
