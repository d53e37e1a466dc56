package dev.ambit.services.ztunnel;

import dev.ambit.domain.view.MeshView;
import dev.ambit.ports.podnetwork.PodFeed;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.credentials.CertificateKeeper;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import dev.ambit.services.ztunnel.mesh.MeshSources;
import dev.ambit.services.ztunnel.pod.ServedPods;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.context.event.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets everything in motion once it is wired, and lets connections finish before it stops. */
@Singleton
final class Startup implements ApplicationEventListener<StartupEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(Startup.class);

    private final ZtunnelConfig config;
    private final CurrentMesh mesh;
    private final MeshSources sources;
    private final PodFeed feed;
    private final ServedPods pods;
    private final CertificateKeeper certificates;
    private final ScheduledExecutorService chores;

    Startup(
            ZtunnelConfig config,
            CurrentMesh mesh,
            MeshSources sources,
            PodFeed feed,
            ServedPods pods,
            CertificateKeeper certificates,
            @Named("chores") ScheduledExecutorService chores) {
        this.config = config;
        this.mesh = mesh;
        this.sources = sources;
        this.feed = feed;
        this.pods = pods;
        this.certificates = certificates;
        this.chores = chores;
    }

    @Override
    public void onApplicationEvent(StartupEvent event) {
        if (!config.node().nodeName().isEmpty()
                && config.dataPlane().dedicated().isEmpty()) {
            mesh.observe(view -> chores.execute(() -> prefetch(view)));
        }
        sources.start(mesh);
        feed.start(pods);
        LOG.info(
                "ztunnel started\tnode={} transport={}",
                config.node().nodeName(),
                config.dataPlane().transport());
    }

    private void prefetch(MeshView view) {
        try {
            certificates.keepOnly(view.identitiesOnNode(config.node().nodeName()));
        } catch (RuntimeException e) {
            LOG.error("certificates could not be brought in line with the node's pods", e);
        }
    }

    @PreDestroy
    void stop() {
        feed.close();
        LOG.info(
                "shutting down, connections may finish\tdeadline={}",
                config.drain().deadline());
        try {
            pods.drain(config.drain().deadline()).toCompletableFuture().join();
        } catch (CompletionException e) {
            LOG.warn("draining failed, closing at once\tcause=\"{}\"", e.getMessage());
        }
        pods.close();
    }
}
