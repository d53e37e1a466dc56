package dev.ambit.services.controlplane.web;

import dev.ambit.adapters.xds.debug.DebugPages;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;

/** What istiod shows below {@code /debug} on its monitoring port: how far proxies are, and the mesh as they are told of it. */
@Controller(value = "/debug", port = "${micronaut.monitoring-port}")
@ExecuteOn(TaskExecutors.BLOCKING)
final class DebugController {
    private final DebugAccess access;
    private final DebugPages pages;

    DebugController(DebugAccess access, DebugPages pages) {
        this.access = access;
        this.pages = pages;
    }

    /** A page, or 404 for those who may know that there is none. */
    @Get(uri = "/{page}", produces = MediaType.APPLICATION_JSON)
    HttpResponse<?> page(HttpRequest<?> request, String page) {
        String query = request.getUri().getRawQuery();
        var allowed = access.decide(
                request.getRemoteAddress().getAddress(), request.getHeaders().findFirst(HttpHeaders.AUTHORIZATION));
        return switch (allowed) {
            case ALLOWED ->
                pages.page(query == null ? page : page + "?" + query)
                        .<HttpResponse<?>>map(HttpResponse::ok)
                        .orElseGet(HttpResponse::notFound);
            case UNAUTHENTICATED -> HttpResponse.unauthorized();
            case FORBIDDEN -> HttpResponse.status(HttpStatus.FORBIDDEN);
            case UNDECIDED -> HttpResponse.status(HttpStatus.SERVICE_UNAVAILABLE);
        };
    }
}
