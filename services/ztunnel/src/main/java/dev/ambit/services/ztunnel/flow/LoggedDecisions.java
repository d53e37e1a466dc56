package dev.ambit.services.ztunnel.flow;

import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.Workload;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Writes each decision of policy about a connection that arrives: at debug, or at info for those who ask for it. */
public final class LoggedDecisions extends ForwardingDecisions {
    private static final Logger LOG = LoggerFactory.getLogger(LoggedDecisions.class);
    private static final int RULES_MAX = 64;

    private final CurrentMesh mesh;
    private final Level level;

    /**
     * Writes what {@code decisions} decides.
     *
     * @param atInfo whether at info instead of debug ({@code AUTHZ_POLICY_INFO_LOGGING})
     */
    public LoggedDecisions(FlowDecisions decisions, CurrentMesh mesh, boolean atInfo) {
        super(decisions);
        this.mesh = mesh;
        this.level = atInfo ? Level.INFO : Level.DEBUG;
    }

    @Override
    public CompletionStage<InboundPlan> inbound(InboundAttempt attempt) {
        CompletionStage<InboundPlan> plan = super.inbound(attempt);
        return LOG.isEnabledForLevel(level) ? plan.thenApply(made -> logged(attempt, made)) : plan;
    }

    private InboundPlan logged(InboundAttempt attempt, InboundPlan plan) {
        switch (plan) {
            case InboundPlan.Forward forward -> {
                MeshView view = mesh.view();
                Optional<Workload> workload = view.workloadOf(attempt.destination());
                workload.ifPresent(local -> write(
                        attempt,
                        "allow",
                        view.policiesFor(local)
                                .explain(forward.facts(), RULES_MAX)
                                .summary()));
            }
            case InboundPlan.Refuse refused -> {
                if (refused.reason() instanceof RefusalReason.PolicyDenied denied) {
                    write(attempt, "deny", denied.why());
                }
            }
        }
        return plan;
    }

    private void write(InboundAttempt attempt, String verdict, String why) {
        var line = LOG.atLevel(level)
                .addKeyValue("verdict", verdict)
                .addKeyValue("pod", attempt.destination())
                .addKeyValue("src.addr", attempt.client());
        if (attempt instanceof InboundAttempt.Hbone hbone) {
            line = line.addKeyValue("src.identity", hbone.peer())
                    .addKeyValue("dst.hbone_addr", hbone.authority())
                    .addKeyValue("id", hbone.headers().traceparent());
        }
        line.addKeyValue("why", why).log("policy decision");
    }
}
