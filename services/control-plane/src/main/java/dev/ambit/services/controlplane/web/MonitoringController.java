package dev.ambit.services.controlplane.web;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;

/** The same metrics on port 15014, where istiod has them. */
@Controller(port = "${micronaut.monitoring-port}")
final class MonitoringController {
    private final MetricsController metrics;

    MonitoringController(MetricsController metrics) {
        this.metrics = metrics;
    }

    @Get(uri = "/metrics", produces = MediaType.ALL)
    HttpResponse<String> metrics(@Header(name = HttpHeaders.ACCEPT, defaultValue = "") String accept) {
        return metrics.metrics(accept);
    }
}
