package dev.ambit.services.ztunnel;

import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.services.ztunnel.web.BuildInfo;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;

/** Metrics and access log of this process. */
@Factory
final class TelemetryFactory {

    @Singleton
    PrometheusTelemetry telemetry() {
        return new PrometheusTelemetry("ztunnel", BuildInfo.VERSION);
    }
}
