package dev.ambit.services.cniagent.web;

import dev.ambit.services.cniagent.enrol.NodeAgent;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;

/** Readiness, at Istio's path for the node agent and at the mesh's common one. */
@Controller
final class ReadinessController {
    private final NodeAgent agent;

    ReadinessController(NodeAgent agent) {
        this.agent = agent;
    }

    @Get(
            uris = {"/readyz", "/healthz/ready"},
            produces = MediaType.TEXT_PLAIN)
    HttpResponse<String> ready() {
        return agent.isReady()
                ? HttpResponse.ok("ready\n")
                : HttpResponse.<String>serverError().body("not ready, pending: pods of this node\n");
    }
}
