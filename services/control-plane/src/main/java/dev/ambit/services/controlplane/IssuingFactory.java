package dev.ambit.services.controlplane;

import dev.ambit.adapters.istiodca.BouncySigningRequestReading;
import dev.ambit.adapters.istiodca.IstiodCaOptions;
import dev.ambit.adapters.istiodca.IstiodCertificateAuthority;
import dev.ambit.adapters.istiodca.storage.FolderRootStorage;
import dev.ambit.adapters.istiodca.token.StandaloneCallerAuthentication;
import dev.ambit.adapters.istiodca.token.TokenFolder;
import dev.ambit.adapters.telemetry.PrometheusTelemetry;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.ValidityRule;
import dev.ambit.ports.ca.CertificateIssuing;
import dev.ambit.services.controlplane.issuing.IssueCertificates;
import dev.ambit.services.controlplane.issuing.LivePods;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import dev.ambit.services.controlplane.standalone.NodeProxyFiles;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** Certificates: who signs, who may ask, and where those who ask find their tokens. */
@Factory
final class IssuingFactory {
    private static final Duration ROOT_LIFETIME = Duration.ofDays(3650);
    private static final String TOKEN_ISSUER = "https://ambit.dev/standalone";

    @Singleton
    IstiodCertificateAuthority authority(CaConfig config, MeshConfig mesh) {
        return switch (config.providerKind()) {
            case ISTIOD -> {
                var options = new IstiodCaOptions(
                        new TrustDomain(mesh.trustDomain()),
                        config.maxTtl(),
                        config.defaultTtl(),
                        ROOT_LIFETIME,
                        config.backdate(),
                        Duration.ofMinutes(10));
                yield IstiodCertificateAuthority.open(
                        new FolderRootStorage(Path.of(config.folder())), options, Clock.systemUTC());
            }
        };
    }

    @Singleton
    StandaloneCallerAuthentication tokens(CaConfig config, MeshConfig mesh) {
        return StandaloneCallerAuthentication.open(
                Path.of(config.folder(), "token-key.json"),
                TOKEN_ISSUER,
                config.tokenAudience(),
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
    CertificateIssuing issuing(
            CaConfig config,
            StandaloneCallerAuthentication tokens,
            LivePods pods,
            IstiodCertificateAuthority authority,
            PrometheusTelemetry telemetry) {
        return new IssueCertificates(
                tokens,
                pods::nodeCheck,
                new BouncySigningRequestReading(),
                new ValidityRule(config.defaultTtl(), config.maxTtl()),
                authority,
                telemetry);
    }

    @Singleton
    NodeProxyFiles nodeProxyFiles(
            CaConfig config,
            StandaloneCallerAuthentication tokens,
            LivePods pods,
            IstiodCertificateAuthority authority) {
        var folder = new TokenFolder(Path.of(config.tokens()), tokens, config.tokenTtl(), Clock.systemUTC());
        return new NodeProxyFiles(folder, Path.of(config.trustBundle()), authority, pods);
    }
}
