package dev.ambit.services.controlplane;

import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;

/** Metrics of this process. */
@Factory
final class TelemetryFactory {

    @Singleton
    PrometheusTelemetry telemetry() {
        return new PrometheusTelemetry("control-plane", "0.1.0");
    }
}
