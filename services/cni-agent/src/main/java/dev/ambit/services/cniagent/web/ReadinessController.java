package dev.ambit.services.cniagent.web;

import dev.ambit.ports.configuration.NodePodSource;
import dev.ambit.services.cniagent.enrol.NodeAgent;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.util.stream.Collectors;

/** Readiness, at Istio's path for the node agent and at the mesh's common one. */
@Controller
final class ReadinessController {
    private final NodeAgent agent;
    private final NodePodSource source;

    ReadinessController(NodeAgent agent, NodePodSource source) {
        this.agent = agent;
        this.source = source;
    }

    @Get(
            uris = {"/readyz", "/healthz/ready"},
            produces = MediaType.TEXT_PLAIN)
    HttpResponse<String> ready() {
        return agent.isReady()
                ? HttpResponse.ok("ready\n")
                : HttpResponse.<String>serverError().body("not ready, pending: pods of this node\n" + details());
    }

    /** What of them has not arrived, a line each. */
    private String details() {
        return source.pending().stream().map(each -> "  " + each + "\n").collect(Collectors.joining());
    }
}
