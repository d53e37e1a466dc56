package dev.ambit.services.controlplane;

import dev.ambit.adapters.k8s.cluster.LeaseLeadership;
import dev.ambit.ports.configuration.ConfigurationException;
import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.services.controlplane.issuing.AuthorityUpkeep;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import dev.ambit.services.controlplane.standalone.NodeProxyFiles;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.context.event.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets everything in motion once it is wired: roots first, then the configuration, then what needs repeating. */
@Singleton
final class Startup implements ApplicationEventListener<StartupEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(Startup.class);

    /** So late at most does a replica hear of what another has stored. */
    private static final int UPKEEP_SECONDS = 3;

    private final SourceConfig config;
    private final ConfigurationSource source;
    private final BeanProvider<LeaseLeadership> leadership;
    private final PublishedMesh mesh;
    private final BeanProvider<NodeProxyFiles> files;
    private final ServingIdentity serving;
    private final AuthorityUpkeep upkeep;
    private final ScheduledExecutorService chores = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("chores").factory());

    Startup(
            SourceConfig config,
            ConfigurationSource source,
            BeanProvider<LeaseLeadership> leadership,
            PublishedMesh mesh,
            BeanProvider<NodeProxyFiles> files,
            ServingIdentity serving,
            AuthorityUpkeep upkeep) {
        this.config = config;
        this.source = source;
        this.leadership = leadership;
        this.mesh = mesh;
        this.files = files;
        this.serving = serving;
        this.upkeep = upkeep;
    }

    @Override
    public void onApplicationEvent(StartupEvent event) {
        upkeep.begin();
        startSource();
        var _ = chores.scheduleWithFixedDelay(
                () -> quietly("certificate authority", upkeep::tend), UPKEEP_SECONDS, UPKEEP_SECONDS, TimeUnit.SECONDS);
        long renewal = ServingIdentity.RENEWAL.toSeconds();
        var _ = chores.scheduleWithFixedDelay(
                () -> quietly("serving certificate", serving::renew), renewal, renewal, TimeUnit.SECONDS);
    }

    /** A folder is there or is not. An API server may be away for a while, and readiness says so meanwhile. */
    private void startSource() {
        switch (config.kind()) {
            case MANIFESTS -> {
                try {
                    source.start(mesh);
                } catch (ConfigurationException e) {
                    throw new ConfigurationException("MANIFESTS_DIR cannot be used: " + e.getMessage(), e);
                }
                keepTokens(files.get());
            }
            case KUBERNETES -> {
                leadership.get().start();
                var _ = Thread.ofVirtual()
                        .name("configuration")
                        .start(() -> quietly("configuration", () -> source.start(mesh)));
            }
        }
    }

    private void keepTokens(NodeProxyFiles tokens) {
        tokens.updateTokens();
        mesh.observe(_ -> later(() -> quietly("tokens", tokens::updateTokens)));
        var _ = chores.scheduleWithFixedDelay(() -> quietly("tokens", tokens::updateTokens), 1, 1, TimeUnit.MINUTES);
    }

    /** A chore that fails must not be the last of its kind: the executor would drop it. */
    private static void quietly(String chore, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("chore failed, will try again\tchore=\"{}\"", chore, e);
        }
    }

    private void later(Runnable work) {
        if (!chores.isShutdown()) {
            chores.execute(work);
        }
    }

    /** No more news, then no more chores. */
    @PreDestroy
    void stop() {
        source.close();
        if (config.kind() == SourceConfig.Kind.KUBERNETES) {
            leadership.get().close();
        }
        chores.shutdownNow();
    }
}
