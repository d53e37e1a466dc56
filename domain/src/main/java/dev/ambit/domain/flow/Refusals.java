package dev.ambit.domain.flow;

import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.Workload;
import java.util.Optional;

/** Plans that refuse before anything is planned: the pod is named as far as it is known, the other end is not looked up. */
public final class Refusals {

    /** Refuses a connection that a pod opens. */
    public static OutboundPlan outbound(MeshView view, OutboundAttempt attempt, RefusalReason reason) {
        Party source = view.workloadOf(attempt.source()).map(Party::of).orElse(Party.UNKNOWN);
        var context = new FlowContext(
                Reporter.SOURCE,
                source,
                Party.UNKNOWN,
                ServiceParty.UNKNOWN,
                attempt.client(),
                attempt.destination(),
                "",
                false);
        return new OutboundPlan.Refuse(context, reason);
    }

    /** Refuses a connection that arrives at a pod. */
    public static InboundPlan inbound(MeshView view, InboundAttempt attempt, RefusalReason reason) {
        Optional<Workload> local = view.workloadOf(attempt.destination());
        Party destination = local.map(Refusals::known).orElse(Party.UNKNOWN);
        return new InboundPlan.Refuse(
                switch (attempt) {
                    case InboundAttempt.Hbone hbone ->
                        new FlowContext(
                                Reporter.DESTINATION,
                                Party.UNKNOWN.withIdentity(hbone.peer().toString()),
                                destination,
                                ServiceParty.UNKNOWN,
                                hbone.client(),
                                hbone.local(),
                                Authority.shown(hbone.authority()),
                                true);
                    case InboundAttempt.Plaintext plaintext ->
                        new FlowContext(
                                Reporter.DESTINATION,
                                Party.UNKNOWN,
                                destination,
                                ServiceParty.UNKNOWN,
                                plaintext.client(),
                                plaintext.original(),
                                "",
                                false);
                },
                reason);
    }

    private static Party known(Workload workload) {
        return Party.of(workload).withIdentity(workload.identity().toString());
    }

    private Refusals() {}
}
