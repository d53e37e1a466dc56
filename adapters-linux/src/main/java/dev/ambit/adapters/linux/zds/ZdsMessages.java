package dev.ambit.adapters.linux.zds;

import dev.ambit.adapters.linux.proto.Ack;
import dev.ambit.adapters.linux.proto.AddWorkload;
import dev.ambit.adapters.linux.proto.DelWorkload;
import dev.ambit.adapters.linux.proto.KeepWorkload;
import dev.ambit.adapters.linux.proto.SnapshotSent;
import dev.ambit.adapters.linux.proto.Version;
import dev.ambit.adapters.linux.proto.WorkloadInfo;
import dev.ambit.adapters.linux.proto.WorkloadRequest;
import dev.ambit.adapters.linux.proto.WorkloadResponse;
import dev.ambit.adapters.linux.proto.ZdsHello;
import dev.ambit.domain.workload.PodRef;

/** Domain to wire and back. */
final class ZdsMessages {

    /** What a proxy reads at once; a longer request would reach it cut off (Istio's ztunnel, too). */
    static final int REQUEST_BYTES_MAX = 1024;

    /** What the agent reads at once: an acknowledgement with a long excuse. */
    static final int RESPONSE_BYTES_MAX = 4096;

    private static final int ERROR_CHARACTERS_MAX = 1000;

    private ZdsMessages() {}

    static ZdsHello hello() {
        return ZdsHello.newBuilder().setVersion(Version.V1).build();
    }

    static WorkloadRequest add(PodRef pod) {
        var info = WorkloadInfo.newBuilder()
                .setName(pod.name())
                .setNamespace(pod.namespace())
                .setServiceAccount(pod.serviceAccount());
        return WorkloadRequest.newBuilder()
                .setAdd(AddWorkload.newBuilder().setUid(pod.uid()).setWorkloadInfo(info))
                .build();
    }

    static WorkloadRequest keep(PodRef pod) {
        return WorkloadRequest.newBuilder()
                .setKeep(KeepWorkload.newBuilder().setUid(pod.uid()))
                .build();
    }

    static WorkloadRequest remove(PodRef pod) {
        return WorkloadRequest.newBuilder()
                .setDel(DelWorkload.newBuilder().setUid(pod.uid()))
                .build();
    }

    static WorkloadRequest snapshotSent() {
        return WorkloadRequest.newBuilder()
                .setSnapshotSent(SnapshotSent.getDefaultInstance())
                .build();
    }

    /** The pod of an add that carries its {@link WorkloadInfo}. */
    static PodRef pod(AddWorkload add) {
        WorkloadInfo info = add.getWorkloadInfo();
        return new PodRef(add.getUid(), info.getNamespace(), info.getName(), info.getServiceAccount());
    }

    static WorkloadResponse acknowledged() {
        return WorkloadResponse.newBuilder().setAck(Ack.getDefaultInstance()).build();
    }

    /** A refusal; its text must fit into what the agent reads. */
    static WorkloadResponse refused(String why) {
        String text = why.isEmpty() ? "refused without a reason" : why;
        String bounded = text.substring(0, Math.min(text.length(), ERROR_CHARACTERS_MAX));
        return WorkloadResponse.newBuilder()
                .setAck(Ack.newBuilder().setError(bounded))
                .build();
    }
}
