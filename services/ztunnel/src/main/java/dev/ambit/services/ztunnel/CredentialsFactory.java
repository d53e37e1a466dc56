package dev.ambit.services.ztunnel;

import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.adapters.xds.ca.CaClientOptions;
import dev.ambit.adapters.xds.ca.XdsCertificateSource;
import dev.ambit.adapters.xds.revocation.FileRevocations;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.ports.credentials.CertificateSource;
import dev.ambit.ports.credentials.Revocations;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.credentials.CertificateKeeper;
import dev.ambit.services.ztunnel.credentials.LiveTunnels;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
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
        return new XdsCertificateSource(new CaClientOptions(
                controlPlane,
                authority.secretTtl(),
                REQUEST_DEADLINE,
                config.dataPlane().dedicated().isEmpty()));
    }

    @Singleton
    CertificateKeeper keeper(
            CertificateSource source,
            LiveTunnels tunnels,
            @Named("chores") ScheduledExecutorService chores,
            PrometheusTelemetry telemetry) {
        var keeper = new CertificateKeeper(source, Clock.systemUTC(), RandomGenerator.getDefault(), chores, telemetry);
        keeper.observe(tunnels::renewed);
        telemetry.gauge(Gauge.CERTIFICATES, keeper::held);
        return keeper;
    }

    @Singleton
    @Bean(preDestroy = "close")
    Revocations revocations(ZtunnelConfig config) {
        Optional<Path> file = config.tls().revocationList();
        try {
            return file.isPresent() ? FileRevocations.watch(file.get()) : Revocations.none();
        } catch (IOException unwatched) {
            throw new IllegalArgumentException(
                    "CRL_PATH is '" + file.orElseThrow() + "', which cannot be watched: " + unwatched.getMessage(),
                    unwatched);
        }
    }

    @Singleton
    LiveTunnels tunnels(
            Revocations revocations,
            CurrentMesh mesh,
            @Named("chores") ScheduledExecutorService chores,
            PrometheusTelemetry telemetry) {
        var tunnels = new LiveTunnels(revocations, chores, telemetry);
        mesh.observe(view ->
                tunnels.identitiesAre(pod -> view.workloadOf(pod).map(workload -> identity(pod, workload))));
        telemetry.gauge(Gauge.LIVE_TUNNELS, tunnels::count);
        return tunnels;
    }

    /** The trust domain is the control plane's to name; the rest is what the node agent says. */
    private static SpiffeId identity(PodRef pod, Workload workload) {
        return new SpiffeId(workload.identity().trustDomain(), pod.namespace(), pod.serviceAccount());
    }
}
