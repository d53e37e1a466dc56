package dev.ambit.services.ztunnel.web;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.util.List;

/** Readiness on port 15021, in the form that Istio's probes expect. */
@Controller
final class ReadinessController {
    private final Readiness readiness;

    ReadinessController(Readiness readiness) {
        this.readiness = readiness;
    }

    @Get(uri = "/healthz/ready", produces = MediaType.TEXT_PLAIN)
    HttpResponse<String> ready() {
        List<String> pending = readiness.pending();
        return pending.isEmpty()
                ? HttpResponse.ok("ready\n")
                : HttpResponse.<String>serverError().body("not ready, pending: " + String.join(", ", pending) + "\n");
    }
}
