package dev.ambit.ports.transport;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.telemetry.FlowTelemetry.FlowProgress;
import java.util.concurrent.CompletionStage;

/**
 * The application's side of a transport. Methods are called on the transport's own threads, perhaps an event loop, and
 * must not block: a plan that is not known yet is a stage that completes later, on any thread.
 */
public interface FlowDecisions {

    /**
     * Whose certificate the pod's HBONE listener presents. Asked once per tunnel; fails when nobody knows the pod, and then
     * there is no tunnel.
     */
    CompletionStage<SpiffeId> identity(PodRef pod);

    CompletionStage<OutboundPlan> outbound(OutboundAttempt attempt);

    CompletionStage<InboundPlan> inbound(InboundAttempt attempt);

    /** The transport begins to carry out a plan that refuses nothing. */
    void opened(LiveFlow flow);

    /**
     * The connection of a plan is over. Called exactly once per plan, also for one that refused (then
     * {@link #opened} was not called), with the context of the plan.
     */
    void closed(FlowReport report);

    /**
     * A connection ended before there was anything to plan: failed handshake, garbage, no original destination.
     *
     * @param error one line, lower case
     */
    void rejected(Reporter reporter, IpPort client, IpPort local, String error);

    /** A listener of a pod accepted a socket: of the pod's own application, or from outside, be it a whole tunnel. */
    default void socketOpened(Reporter reporter) {}

    /** A socket that was {@link #socketOpened} is closed. */
    default void socketClosed(Reporter reporter) {}

    /**
     * The transport refuses connections of a pod, ends some or lets them wait, because it is short of something. Called at
     * most once a second for a pod and kind, however often that happens.
     *
     * @param message one line, lower case, with figures and the way out
     */
    void strained(PodRef pod, Strain strain, String message);

    /** A connection being carried, which tells how far it has come. Compared by instance. */
    interface LiveFlow extends FlowProgress {
        FlowContext context();

        /** The plan it carries out; for an inbound flow, to ask policy again. */
        Plan plan();

        /** Ends the connection at once; it will be reported as refused with this reason. Idempotent, any thread. */
        void end(RefusalReason reason);
    }

    /** Either kind of plan. */
    sealed interface Plan {
        record Outbound(OutboundPlan plan) implements Plan {}

        record Inbound(InboundPlan.Forward plan) implements Plan {}
    }
}
