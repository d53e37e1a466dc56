package dev.ambit.services.ztunnel.web;

import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

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
    HttpResponse<byte[]> metrics(
            @Header(name = HttpHeaders.ACCEPT, defaultValue = "") String accept,
            @Header(name = HttpHeaders.ACCEPT_ENCODING, defaultValue = "") String encodings) {
        var exposition = telemetry.scrape(accept);
        ContentCoding coding = ContentCoding.accepted(encodings);
        var body = new ByteArrayOutputStream();
        try (var out = coding.over(body)) {
            exposition.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        MutableHttpResponse<byte[]> response = HttpResponse.ok(body.toByteArray())
                .header(HttpHeaders.CONTENT_TYPE, exposition.contentType())
                .header(HttpHeaders.VARY, "accept-encoding");
        return coding == ContentCoding.IDENTITY
                ? response
                : response.header(HttpHeaders.CONTENT_ENCODING, coding.header());
    }
}
