package dev.ambit.services.ztunnel.web;

import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Prometheus metrics on port 15020, at Istio's two paths. */
@Singleton
final class MetricsController {
    private final PrometheusTelemetry telemetry;

    MetricsController(PrometheusTelemetry telemetry) {
        this.telemetry = telemetry;
    }

    List<Route> routes() {
        return List.of(Route.get("/metrics", this::metrics), Route.get("/stats/prometheus", this::metrics));
    }

    // Whatever a scraper accepts is settled by the exposition itself.
    private WebResponse metrics(WebRequest request) {
        var exposition = telemetry.scrape(request.header("Accept"));
        var body = new ByteArrayOutputStream();
        try {
            exposition.writeTo(body);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return WebResponse.of(WebResponse.OK, exposition.contentType(), body.toByteArray());
    }
}
