package dev.ambit.services.controlplane;

import dev.ambit.adapters.istiodca.BouncySigningRequestReading;
import dev.ambit.adapters.istiodca.IstiodCaOptions;
import dev.ambit.adapters.istiodca.IstiodCertificateAuthority;
import dev.ambit.adapters.istiodca.PluggedInCertificateAuthority;
import dev.ambit.adapters.istiodca.storage.FileTrustBundleDistribution;
import dev.ambit.adapters.istiodca.storage.FolderRootStorage;
import dev.ambit.adapters.istiodca.token.OidcCallerAuthentication;
import dev.ambit.adapters.istiodca.token.StandaloneCallerAuthentication;
import dev.ambit.adapters.istiodca.token.TokenFolder;
import dev.ambit.adapters.k8s.ca.ClusterCallerAuthentication;
import dev.ambit.adapters.k8s.ca.ClusterRootStorage;
import dev.ambit.adapters.k8s.ca.ClusterTrustBundleDistribution;
import dev.ambit.adapters.k8s.cluster.ClusterConnection;
import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.adapters.vaultca.VaultCertificateAuthority;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.ValidityRule;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.ca.CertificateIssuing;
import dev.ambit.ports.ca.RootStorage;
import dev.ambit.ports.ca.TrustBundleDistribution;
import dev.ambit.services.controlplane.issuing.AuthorityUpkeep;
import dev.ambit.services.controlplane.issuing.CallerRates;
import dev.ambit.services.controlplane.issuing.Callers;
import dev.ambit.services.controlplane.issuing.GuardedAuthority;
import dev.ambit.services.controlplane.issuing.IssueCertificates;
import dev.ambit.services.controlplane.issuing.LivePods;
import dev.ambit.services.controlplane.issuing.MeshAuthority;
import dev.ambit.services.controlplane.issuing.StartupGate;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import dev.ambit.services.controlplane.standalone.NodeProxyFiles;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Certificates: who signs, who may ask, and where those who ask find their tokens. What a single machine has as files, a
 * cluster has in its API server.
 */
@Factory
final class IssuingFactory {
    private static final Duration ROOT_LIFETIME = Duration.ofDays(3650);

    /** istiod's, so that an existing mesh keeps its root. */
    private static final String ROOT_SECRET = "istio-ca-secret";

    private static final String TOKEN_ISSUER = "https://ambit.dev/standalone";

    /** Closed with the context: a session in Vault ends with us. */
    @Singleton
    @Bean(preDestroy = "close")
    MeshAuthority authority(CaConfig config, VaultConfig vault, MeshConfig mesh, BeanProvider<RootStorage> roots) {
        return switch (config.providerKind()) {
            case ISTIOD -> istiod(config, mesh, roots);
            case VAULT -> vault(vault, mesh);
        };
    }

    /** Its root is replaced in Vault; we hand out whatever its mount trusts. */
    private static MeshAuthority vault(VaultConfig config, MeshConfig mesh) {
        var clock = Clock.systemUTC();
        var authority = VaultCertificateAuthority.open(config.options(new TrustDomain(mesh.trustDomain())), clock);
        return new MeshAuthority(new GuardedAuthority(authority, clock), authority, Optional.empty(), authority::close);
    }

    /** Plugged-in certificates go before a root of our own, as with istiod. */
    private static MeshAuthority istiod(CaConfig config, MeshConfig mesh, BeanProvider<RootStorage> roots) {
        var options = new IstiodCaOptions(
                new TrustDomain(mesh.trustDomain()),
                config.maxTtl(),
                config.defaultTtl(),
                ROOT_LIFETIME,
                config.backdate(),
                config.rotationSettle());
        if (!keepsRoots(config)) {
            var authority = PluggedInCertificateAuthority.open(plugged(config), options, Clock.systemUTC());
            return new MeshAuthority(authority, authority, Optional.of(authority));
        }
        var authority = IstiodCertificateAuthority.open(roots.get(), options, Clock.systemUTC());
        return new MeshAuthority(authority, authority, Optional.of(authority));
    }

    private static RootStorage plugged(CaConfig config) {
        return new FolderRootStorage(Path.of(config.pluggedIn()));
    }

    /** Whether the authority has roots of its own, rather than somebody else's. */
    static boolean keepsRoots(CaConfig config) {
        return config.providerKind() == CaConfig.Provider.ISTIOD
                && !PluggedInCertificateAuthority.isPluggedInto(plugged(config));
    }

    @Singleton
    @Bean(preDestroy = "close")
    StartupGate gate(PrometheusTelemetry telemetry) {
        return new StartupGate(telemetry, System::nanoTime);
    }

    /** Made only if something asks for it: the roots that the built-in authority keeps itself. */
    @Singleton
    RootStorage roots(SourceConfig source, CaConfig config, MeshConfig mesh, BeanProvider<ClusterConnection> cluster) {
        return switch (source.kind()) {
            case KUBERNETES -> new ClusterRootStorage(cluster.get(), mesh.rootNamespace(), ROOT_SECRET);
            case MANIFESTS -> new FolderRootStorage(Path.of(config.folder()));
        };
    }

    @Singleton
    @Bean(preDestroy = "close")
    TrustBundleDistribution distribution(
            SourceConfig source, CaConfig config, BeanProvider<ClusterConnection> cluster) {
        return switch (source.kind()) {
            case KUBERNETES -> new ClusterTrustBundleDistribution(cluster.get());
            case MANIFESTS -> new FileTrustBundleDistribution(Path.of(config.trustBundle()));
        };
    }

    @Singleton
    AuthorityUpkeep upkeep(
            MeshAuthority mesh,
            TrustBundleDistribution distribution,
            ServingIdentity serving,
            PrometheusTelemetry telemetry) {
        return new AuthorityUpkeep(mesh, distribution, serving::renew, serving::trust, telemetry);
    }

    /** Made only if something asks for it. */
    @Singleton
    StandaloneCallerAuthentication tokens(CaConfig config, MeshConfig mesh) {
        return StandaloneCallerAuthentication.open(
                Path.of(config.folder(), "token-key.json"),
                TOKEN_ISSUER,
                config.tokenAudiences().getFirst(),
                new TrustDomain(mesh.trustDomain()),
                Clock.systemUTC());
    }

    @Singleton
    LivePods livePods(CaConfig config, PublishedMesh mesh) {
        var pods = new LivePods(config.accounts(), config.ownProxies());
        mesh.observe(pods);
        return pods;
    }

    @Singleton
    Callers callers(
            SourceConfig source,
            CaConfig config,
            MeshConfig mesh,
            BeanProvider<ClusterConnection> cluster,
            BeanProvider<StandaloneCallerAuthentication> tokens) {
        var trustDomain = new TrustDomain(mesh.trustDomain());
        var ways = new ArrayList<CallerAuthentication>();
        ways.add(
                switch (source.kind()) {
                    case KUBERNETES ->
                        new ClusterCallerAuthentication(
                                cluster.get(), trustDomain, config.tokenAudiences(), Clock.systemUTC());
                    case MANIFESTS -> tokens.get();
                });
        config.jwtRule()
                .map(rule -> rule.options(trustDomain, config.tokenAudiences()))
                .ifPresent(options -> ways.add(new OidcCallerAuthentication(options, Clock.systemUTC())));
        return new Callers(ways);
    }

    @Singleton
    CertificateIssuing issuing(
            CaConfig config, Callers callers, LivePods pods, MeshAuthority mesh, PrometheusTelemetry telemetry) {
        return new IssueCertificates(
                callers,
                pods::nodeCheck,
                new BouncySigningRequestReading(),
                new ValidityRule(config.defaultTtl(), config.maxTtl()),
                mesh.authority(),
                CallerRates.usual(System::nanoTime),
                telemetry);
    }

    /** Made only if something asks for it: in a cluster, kubelet does its work. */
    @Singleton
    NodeProxyFiles nodeProxyFiles(CaConfig config, StandaloneCallerAuthentication tokens, LivePods pods) {
        var folder = new TokenFolder(Path.of(config.tokens()), tokens, config.tokenTtl(), Clock.systemUTC());
        return new NodeProxyFiles(folder, pods);
    }
}
