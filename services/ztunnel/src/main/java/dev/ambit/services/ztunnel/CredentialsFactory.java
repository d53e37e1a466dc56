package dev.ambit.services.ztunnel;

import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.adapters.xds.ca.CaClientOptions;
import dev.ambit.adapters.xds.ca.XdsCertificateSource;
import dev.ambit.ports.credentials.CertificateSource;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.credentials.CertificateKeeper;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/** Certificates of this node's workloads. */
@Factory
final class CredentialsFactory {
    private static final Duration REQUEST_DEADLINE = Duration.ofSeconds(10);

    /** One thread for what happens later: renewals and retries. */
    @Singleton
    @Named("chores")
    @Bean(preDestroy = "shutdownNow")
    ScheduledExecutorService chores() {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("chores").factory());
    }

    @Singleton
    @Bean(preDestroy = "close")
    CertificateSource source(ZtunnelConfig config) {
        var authority = config.authority();
        var controlPlane = MeshFactory.controlPlane(
                config,
                authority.controlPlane(),
                authority.controlPlane().address().orElseThrow());
        return new XdsCertificateSource(new CaClientOptions(controlPlane, authority.secretTtl(), REQUEST_DEADLINE));
    }

    @Singleton
    CertificateKeeper keeper(
            CertificateSource source, @Named("chores") ScheduledExecutorService chores, PrometheusTelemetry telemetry) {
        var keeper = new CertificateKeeper(source, Clock.systemUTC(), RandomGenerator.getDefault(), chores, telemetry);
        telemetry.gauge(Gauge.CERTIFICATES, keeper::held);
        return keeper;
    }
}
