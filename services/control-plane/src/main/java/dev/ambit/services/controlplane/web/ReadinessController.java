package dev.ambit.services.controlplane.web;

import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.services.controlplane.issuing.MeshAuthority;
import dev.ambit.services.controlplane.issuing.StartupGate;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import io.micronaut.context.BeanProvider;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.util.stream.Collectors;

/** Readiness on port 15021. */
@Controller
final class ReadinessController {
    private final PublishedMesh mesh;
    private final ConfigurationSource source;
    private final BeanProvider<MeshAuthority> authority;
    private final StartupGate gate;

    ReadinessController(
            PublishedMesh mesh, ConfigurationSource source, BeanProvider<MeshAuthority> authority, StartupGate gate) {
        this.mesh = mesh;
        this.source = source;
        this.authority = authority;
        this.gate = gate;
    }

    @Get(
            uris = {"/healthz/ready", "/ready"},
            produces = MediaType.TEXT_PLAIN)
    HttpResponse<String> ready() {
        if (!gate.isOpen()) {
            return HttpResponse.<String>serverError()
                    .body("not ready, pending: certificate authority\n  " + gate.waitingFor() + "\n");
        }
        return mesh.isLoaded()
                ? HttpResponse.ok("ready\n" + reservation())
                : HttpResponse.<String>serverError().body("not ready, pending: configuration\n" + details());
    }

    /** What of the configuration has not arrived, a line each. */
    private String details() {
        return source.pending().stream().map(each -> "  " + each + "\n").collect(Collectors.joining());
    }

    /** Discovery goes on without an authority, and so do certificates that are there: no reason to send proxies away. */
    private String reservation() {
        return authority
                .get()
                .authority()
                .impediment()
                .map(why -> "but no certificates are signed now: " + why + "\n")
                .orElse("");
    }
}
