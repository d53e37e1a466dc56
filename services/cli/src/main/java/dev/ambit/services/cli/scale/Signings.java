package dev.ambit.services.cli.scale;

import dev.ambit.adapters.xds.ca.CaClientOptions;
import dev.ambit.adapters.xds.ca.XdsCertificateSource;
import dev.ambit.adapters.xds.channel.BearerToken;
import dev.ambit.adapters.xds.channel.ControlPlane;
import dev.ambit.adapters.xds.channel.ControlPlaneRoots;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.services.cli.lab.LabException;
import dev.ambit.systemtests.cluster.ApiServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Certificates by {@code istio.v1.auth.IstioCertificateService} over TLS, for the node proxy's account, which shows its token: the control plane asks the
 * API server whose token it is, checks the request and signs. The root is the one of {@code istio-ca-secret}, whoever made it.
 */
final class Signings implements AutoCloseable {
    private static final String NAMESPACE = "istio-system";
    private static final String ACCOUNT = "ztunnel";
    private static final String AUDIENCE = "istio-ca";
    private static final String SERVER = "istiod.istio-system.svc";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int AT_ONCE = 8;

    private final XdsCertificateSource source;
    private final SpiffeId identity = SpiffeId.of("spiffe://cluster.local/ns/" + NAMESPACE + "/sa/" + ACCOUNT);

    /** Nothing is asked for yet. */
    Signings(ApiServer server, int port) {
        var controlPlane = new ControlPlane(
                URI.create("https://127.0.0.1:" + port),
                new ControlPlaneRoots.Inline(root(server)),
                Optional.of(SERVER),
                new BearerToken.Literal(server.token(NAMESPACE, ACCOUNT, AUDIENCE)),
                "Kubernetes");
        source = new XdsCertificateSource(new CaClientOptions(controlPlane, Duration.ofHours(24), PATIENCE, false));
    }

    private static String root(ApiServer server) {
        var secret = server.admin()
                .secrets()
                .inNamespace(NAMESPACE)
                .withName("istio-ca-secret")
                .get();
        if (secret == null || !secret.getData().containsKey("ca-cert.pem")) {
            throw new LabException("the control plane has made no istio-ca-secret with a ca-cert.pem");
        }
        return new String(Base64.getDecoder().decode(secret.getData().get("ca-cert.pem")), StandardCharsets.UTF_8);
    }

    /** So many certificates, a few at a time. */
    void request(int count) {
        for (int asked = 0; asked < count; asked += AT_ONCE) {
            List<CompletableFuture<?>> some = new ArrayList<>();
            for (int i = asked; i < Math.min(count, asked + AT_ONCE); i++) {
                some.add(source.request(identity).toCompletableFuture());
            }
            try {
                CompletableFuture.allOf(some.toArray(CompletableFuture[]::new))
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new LabException("no certificate: " + e.getMessage());
            } catch (TimeoutException _) {
                throw new LabException("no certificate within " + PATIENCE.toSeconds() + " s");
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new LabException("interrupted while asking for certificates");
            }
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
