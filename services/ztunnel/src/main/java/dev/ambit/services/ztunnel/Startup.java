package dev.ambit.services.ztunnel;

import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.adapters.linux.namespace.Privileges;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.PodFeed;
import dev.ambit.services.ztunnel.config.ServedWorkload;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.credentials.CertificateKeeper;
import dev.ambit.services.ztunnel.flow.Flows;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import dev.ambit.services.ztunnel.mesh.MeshSources;
import dev.ambit.services.ztunnel.pod.OwnDecisions;
import dev.ambit.services.ztunnel.pod.ServedPods;
import dev.ambit.services.ztunnel.pod.Shutdown;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.context.event.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets everything in motion once it is wired, and lets connections finish before it stops. */
@Singleton
final class Startup implements ApplicationEventListener<StartupEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(Startup.class);

    private static final int WORKLOADS_WORTH_A_PAUSE = 5_000;

    /** After that nobody holds the messages that it came in. */
    private static final Duration PUSH_LET_GO = Duration.ofSeconds(2);

    private final ZtunnelConfig config;
    private final CurrentMesh mesh;
    private final MeshSources sources;
    private final PodFeed feed;
    private final Flows flows;
    private final ServedPods pods;
    private final Shutdown shutdown;
    private final CertificateKeeper certificates;
    private final ScheduledExecutorService chores;

    Startup(
            ZtunnelConfig config,
            CurrentMesh mesh,
            MeshSources sources,
            PodFeed feed,
            Flows flows,
            ServedPods pods,
            Shutdown shutdown,
            CertificateKeeper certificates,
            @Named("chores") ScheduledExecutorService chores) {
        this.config = config;
        this.mesh = mesh;
        this.sources = sources;
        this.feed = feed;
        this.flows = flows;
        this.pods = pods;
        this.shutdown = shutdown;
        this.certificates = certificates;
        this.chores = chores;
    }

    @Override
    public void onApplicationEvent(StartupEvent event) {
        if (!config.node().nodeName().isEmpty()
                && config.dataPlane().dedicated().isEmpty()) {
            mesh.observe(view -> chores.execute(() -> prefetch(view)));
        }
        Signals.handle(shutdown);
        var _ = mesh.whenSynced()
                .thenApply(_ -> chores.schedule(this::collectFirstPush, PUSH_LET_GO.toMillis(), TimeUnit.MILLISECONDS));
        sources.start(mesh);
        serve();
        LOG.info(
                "ztunnel started\tnode={} transport={}",
                config.node().nodeName(),
                config.dataPlane().transport());
    }

    /** In dedicated mode one workload, here; else this proxy's own pod, here, and whatever pods the node agent names. */
    private void serve() {
        Optional<ServedWorkload> dedicated = config.dataPlane().dedicated();
        if (dedicated.isPresent()) {
            pods.serveAlone(pod(dedicated.get()), LinuxNetworkNamespace.home());
            return;
        }
        Privileges.require(config.dataPlane().packetMark());
        config.node()
                .ownPod()
                .ifPresent(own -> pods.serveItself(
                        pod(own),
                        LinuxNetworkNamespace.home(),
                        new OwnDecisions(flows, config.node().trustDomain())));
        var _ = pods.broken().thenAccept(violation -> shutdown.fail("the node agent broke ZDS: " + violation));
        feed.start(pods);
        pods.begin();
    }

    private static PodRef pod(ServedWorkload workload) {
        return new PodRef(
                workload.namespace() + "/" + workload.name(),
                workload.namespace(),
                workload.name(),
                workload.serviceAccount());
    }

    /**
     * A large mesh comes in one push that leaves as much garbage as it leaves behind. An idle proxy would not notice for
     * hours, and the node's memory is not its own; a small mesh is not worth the pause.
     */
    private void collectFirstPush() {
        if (mesh.view().counts().workloads() >= WORKLOADS_WORTH_A_PAUSE) {
            System.gc();
        }
    }

    private void prefetch(MeshView view) {
        try {
            certificates.keepOnly(view.identitiesOnNode(config.node().nodeName()));
        } catch (RuntimeException e) {
            LOG.error("certificates could not be brought in line with the node's pods", e);
        }
    }

    /** By now a shutdown in order has drained every pod; what is left when there was none is cut. */
    @PreDestroy
    void stop() {
        feed.close();
        pods.close();
    }
}
