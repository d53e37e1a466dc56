package dev.ambit.services.controlplane;

import dev.ambit.adapters.k8s.cluster.LeaseLeadership;
import dev.ambit.ports.ca.RootStorage;
import dev.ambit.ports.configuration.ConfigurationException;
import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.services.controlplane.issuing.AuthorityUpkeep;
import dev.ambit.services.controlplane.issuing.StartupGate;
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
    private final CaConfig ca;
    private final ConfigurationSource source;
    private final BeanProvider<LeaseLeadership> leadership;
    private final PublishedMesh mesh;
    private final BeanProvider<NodeProxyFiles> files;
    private final BeanProvider<RootStorage> roots;
    private final BeanProvider<ServingIdentity> serving;
    private final BeanProvider<AuthorityUpkeep> upkeep;
    private final StartupGate gate;
    private final ScheduledExecutorService chores = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("chores").factory());

    Startup(
            SourceConfig config,
            CaConfig ca,
            ConfigurationSource source,
            BeanProvider<LeaseLeadership> leadership,
            PublishedMesh mesh,
            BeanProvider<NodeProxyFiles> files,
            BeanProvider<RootStorage> roots,
            BeanProvider<ServingIdentity> serving,
            BeanProvider<AuthorityUpkeep> upkeep,
            StartupGate gate) {
        this.config = config;
        this.ca = ca;
        this.source = source;
        this.leadership = leadership;
        this.mesh = mesh;
        this.files = files;
        this.roots = roots;
        this.serving = serving;
        this.upkeep = upkeep;
        this.gate = gate;
    }

    /** A folder is there or is not. An API server may come later, and the web servers say so meanwhile. */
    @Override
    public void onApplicationEvent(StartupEvent event) {
        gate.begin(this::begin, config.kind() == SourceConfig.Kind.KUBERNETES);
    }

    private void begin() {
        // Asked first, so that nothing is made in vain while they are away.
        if (IssuingFactory.keepsRoots(ca)) {
            roots.get().load();
        }
        AuthorityUpkeep authority = upkeep.get();
        ServingIdentity identity = serving.get();
        authority.begin();
        startSource();
        var _ = chores.scheduleWithFixedDelay(
                () -> quietly("certificate authority", authority::tend),
                UPKEEP_SECONDS,
                UPKEEP_SECONDS,
                TimeUnit.SECONDS);
        long renewal = ServingIdentity.RENEWAL.toSeconds();
        var _ = chores.scheduleWithFixedDelay(
                () -> quietly("serving certificate", identity::renew), renewal, renewal, TimeUnit.SECONDS);
    }

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
        gate.close();
        source.close();
        if (config.kind() == SourceConfig.Kind.KUBERNETES) {
            leadership.get().close();
        }
        chores.shutdownNow();
    }
}
