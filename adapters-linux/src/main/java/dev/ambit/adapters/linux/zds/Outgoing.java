package dev.ambit.adapters.linux.zds;

import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.adapters.linux.proto.WorkloadRequest;
import dev.ambit.adapters.linux.syscall.SeqPacketSocket;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.NodeProxies.EnrolledPod;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One request on its way to one proxy. */
final class Outgoing {
    private final String shown;
    private final WorkloadRequest request;
    private final Optional<LinuxNetworkNamespace> namespace;
    private final CompletableFuture<Void> acknowledged = new CompletableFuture<>();

    private Outgoing(String shown, WorkloadRequest request, Optional<LinuxNetworkNamespace> namespace) {
        this.shown = shown;
        this.request = request;
        this.namespace = namespace;
    }

    /** An add; one that cannot be sent at all has failed from the start. */
    static Outgoing add(EnrolledPod enrolled) {
        WorkloadRequest request = ZdsMessages.add(enrolled.pod());
        String shown = "add of pod " + enrolled.pod();
        if (!(enrolled.namespace() instanceof LinuxNetworkNamespace linux)) {
            var outgoing = new Outgoing(shown, request, Optional.empty());
            outgoing.fail(enrolled.namespace() + " has no descriptor to send");
            return outgoing;
        }
        var outgoing = new Outgoing(shown, request, Optional.of(linux));
        if (request.getSerializedSize() > ZdsMessages.REQUEST_BYTES_MAX) {
            outgoing.fail("request has " + request.getSerializedSize() + " bytes, a proxy reads "
                    + ZdsMessages.REQUEST_BYTES_MAX);
        }
        return outgoing;
    }

    static Outgoing keep(PodRef pod) {
        return new Outgoing("keeping of pod " + pod, ZdsMessages.keep(pod), Optional.empty());
    }

    static Outgoing remove(PodRef pod) {
        return new Outgoing("removal of pod " + pod, ZdsMessages.remove(pod), Optional.empty());
    }

    static Outgoing snapshotSent() {
        return new Outgoing("end of snapshot", ZdsMessages.snapshotSent(), Optional.empty());
    }

    boolean isSnapshotEnd() {
        return request.hasSnapshotSent();
    }

    CompletableFuture<Void> acknowledged() {
        return acknowledged;
    }

    /**
     * Sends the request.
     *
     * @throws IllegalStateException when the pod's namespace is closed
     */
    void send(SeqPacketSocket socket) {
        byte[] data = request.toByteArray();
        if (namespace.isPresent()) {
            namespace.get().withFd(fd -> {
                socket.send(data, fd);
                return fd;
            });
        } else {
            socket.send(data);
        }
    }

    /** The proxy has answered; an error that is empty means it did what it was asked. */
    void complete(String error) {
        if (error.isEmpty()) {
            acknowledged.complete(null);
        } else {
            fail("the node proxy refused: " + error);
        }
    }

    void fail(String why) {
        acknowledged.completeExceptionally(new PodNetworkException(shown + ": " + why));
    }

    /** The proxy is gone. What it was to forget it has forgotten, or will when it hears the next snapshot. */
    void lose(String why) {
        if (request.hasDel()) {
            acknowledged.complete(null);
        } else {
            fail(why);
        }
    }

    @Override
    public String toString() {
        return shown;
    }
}
