package dev.ambit.adapters.loom;

import dev.ambit.adapters.loom.pod.InboundForward;
import dev.ambit.adapters.loom.pod.Pod;
import dev.ambit.adapters.loom.socket.SocketDuplex;
import dev.ambit.adapters.loom.stream.ErrorText;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.Reporter;
import java.io.IOException;

/** Port 15006: connections to the pod that came without a tunnel. */
final class PlaintextInbound {
    private final Pod pod;
    private final InboundForward forward;

    PlaintextInbound(Pod pod) {
        this.pod = pod;
        this.forward = new InboundForward(pod);
    }

    void carry(SocketDuplex caller) throws IOException {
        IpPort client = caller.remote();
        IpPort original = caller.originalDestination();
        InboundPlan plan;
        try {
            plan = pod.plan(() -> pod.decisions().inbound(new InboundAttempt.Plaintext(pod.ref(), client, original)));
        } catch (RuntimeException noPlan) {
            caller.abort();
            pod.rejected(Reporter.DESTINATION, client, original, "no plan: " + ErrorText.of(noPlan));
            return;
        }
        switch (plan) {
            case InboundPlan.Refuse refuse -> {
                caller.close();
                pod.refused(refuse.context(), refuse.reason());
            }
            case InboundPlan.Forward let -> forward.carry(let, caller, InboundForward.Answer.NONE);
        }
    }
}
