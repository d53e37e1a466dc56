package dev.ambit.services.controlplane.web;

import dev.ambit.services.controlplane.mesh.PublishedMesh;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;

/** Readiness on port 15021. */
@Controller
final class ReadinessController {
    private final PublishedMesh mesh;

    ReadinessController(PublishedMesh mesh) {
        this.mesh = mesh;
    }

    @Get(
            uris = {"/healthz/ready", "/ready"},
            produces = MediaType.TEXT_PLAIN)
    HttpResponse<String> ready() {
        return mesh.isLoaded()
                ? HttpResponse.ok("ready\n")
                : HttpResponse.<String>serverError().body("not ready, pending: configuration\n");
    }
}
