package dev.ambit.services.controlplane.web;

import dev.ambit.adapters.xds.discovery.DeltaDiscoveryService;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.function.Supplier;

/** What istiod shows below {@code /debug} on its monitoring port: how far proxies are, and the mesh as they are told of it. */
@Controller(value = "/debug", port = "${micronaut.monitoring-port}")
@ExecuteOn(TaskExecutors.BLOCKING)
final class DebugController {
    private final DebugAccess access;
    private final DeltaDiscoveryService discovery;
    private final PublishedMesh mesh;

    DebugController(DebugAccess access, DeltaDiscoveryService discovery, PublishedMesh mesh) {
        this.access = access;
        this.discovery = discovery;
        this.mesh = mesh;
    }

    /** Every proxy that follows this control plane. */
    @Get(uri = "/syncz", produces = MediaType.APPLICATION_JSON)
    HttpResponse<?> syncz(HttpRequest<?> request, @QueryValue(defaultValue = "") String namespace) {
        return guarded(
                request,
                () -> discovery.subscribers().stream()
                        .filter(each -> namespace.isEmpty() || each.namespace().equals(namespace))
                        .map(SyncStatus::of)
                        .toList());
    }

    /** The workloads, services and policies, of one namespace or of all. */
    @Get(uri = "/config_dump", produces = MediaType.APPLICATION_JSON)
    HttpResponse<?> configDump(HttpRequest<?> request, @QueryValue(defaultValue = "") String namespace) {
        return guarded(request, () -> MeshDump.of(mesh.state(), namespace));
    }

    /** One at a time: a dump of a large mesh is large. */
    private synchronized HttpResponse<?> guarded(HttpRequest<?> request, Supplier<Object> answer) {
        var allowed = access.decide(
                request.getRemoteAddress().getAddress(), request.getHeaders().findFirst(HttpHeaders.AUTHORIZATION));
        return switch (allowed) {
            case ALLOWED -> HttpResponse.ok(answer.get());
            case UNAUTHENTICATED -> HttpResponse.unauthorized();
            case FORBIDDEN -> HttpResponse.status(HttpStatus.FORBIDDEN);
            case UNDECIDED -> HttpResponse.status(HttpStatus.SERVICE_UNAVAILABLE);
        };
    }
}
