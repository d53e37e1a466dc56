package dev.ambit.services.ztunnel.web;

import jakarta.inject.Singleton;
import java.util.List;

/** Readiness on port 15021, in the form that Istio's probes expect. */
@Singleton
final class ReadinessController {
    private final Readiness readiness;

    ReadinessController(Readiness readiness) {
        this.readiness = readiness;
    }

    List<Route> routes() {
        return List.of(Route.get("/healthz/ready", _ -> ready()));
    }

    private WebResponse ready() {
        List<String> pending = readiness.pending();
        return pending.isEmpty()
                ? WebResponse.text(WebResponse.OK, "ready\n")
                : WebResponse.text(
                        WebResponse.SERVER_ERROR, "not ready, pending: " + String.join(", ", pending) + "\n");
    }
}
