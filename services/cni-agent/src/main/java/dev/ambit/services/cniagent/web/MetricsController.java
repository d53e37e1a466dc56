package dev.ambit.services.cniagent.web;

import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;

/** Prometheus metrics on port 15020, at Istio's two paths. */
@Controller(port = "${micronaut.metrics-port}")
final class MetricsController {
    private final PrometheusTelemetry telemetry;

    MetricsController(PrometheusTelemetry telemetry) {
        this.telemetry = telemetry;
    }

    // Whatever a scraper accepts is settled by the exposition itself.
    @Get(
            uris = {"/metrics", "/stats/prometheus"},
            produces = MediaType.ALL)
    HttpResponse<String> metrics(@Header(name = HttpHeaders.ACCEPT, defaultValue = "") String accept) {
        var exposition = telemetry.scrape(accept);
        return HttpResponse.ok(exposition.body()).header(HttpHeaders.CONTENT_TYPE, exposition.contentType());
    }
}
