package dev.ambit.services.ztunnel.pod;

import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.credentials.Credentials;
import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Prepared is whoever knows the whole configuration and holds the pod's certificate. */
public final class PreparedPods implements TakeOver {
    /** Less than the node agent waits for an answer, so that it hears the reason. */
    private static final Duration PATIENCE = Duration.ofSeconds(6);

    private final CurrentMesh mesh;
    private final FlowDecisions decisions;
    private final Credentials credentials;

    public PreparedPods(CurrentMesh mesh, FlowDecisions decisions, Credentials credentials) {
        this.mesh = mesh;
        this.decisions = decisions;
        this.credentials = credentials;
    }

    @Override
    public CompletionStage<Void> prepared(PodRef pod) {
        return mesh.whenSynced()
                .thenCompose(_ -> decisions.identity(pod))
                .thenCompose(credentials::certificate)
                .<Void>thenApply(_ -> null)
                .toCompletableFuture()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(e -> {
                    throw new IllegalStateException(
                            "another proxy serves the pod and this one cannot yet: "
                                    + (mesh.isSynced()
                                            ? String.valueOf(e.getMessage())
                                            : "configuration is not in sync"),
                            e);
                });
    }
}
