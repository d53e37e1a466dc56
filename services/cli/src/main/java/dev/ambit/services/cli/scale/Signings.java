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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * Certificates by {@code istio.v1.auth.IstioCertificateService} over TLS, for service accounts that show their tokens: the
 * control plane asks the API server whose token it is, checks the request and signs. The root is the one of {@code istio-ca-secret}, whoever
 * made it. The accounts are many, because one alone may not ask as often.
 */
final class Signings implements AutoCloseable {
    private static final String ACCOUNTS = "load-0";
    private static final int ACCOUNTS_COUNT = 300;
    private static final String AUDIENCE = "istio-ca";
    private static final String SERVER = "istiod.istio-system.svc";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int AT_ONCE = 8;

    /** What one account asks with. */
    private record Account(XdsCertificateSource source, SpiffeId identity) {}

    private final List<Account> accounts;
    private int next;

    /** Nothing is asked for yet. */
    Signings(ApiServer server, int port) {
        String root = root(server);
        accounts = IntStream.range(0, ACCOUNTS_COUNT)
                .mapToObj(number -> account(server, port, root, "account-" + number))
                .toList();
    }

    private static Account account(ApiServer server, int port, String root, String name) {
        var controlPlane = new ControlPlane(
                URI.create("https://127.0.0.1:" + port),
                new ControlPlaneRoots.Inline(root),
                Optional.of(SERVER),
                new BearerToken.Literal(server.token(ACCOUNTS, name, AUDIENCE)),
                "Kubernetes");
        return new Account(
                new XdsCertificateSource(new CaClientOptions(controlPlane, Duration.ofHours(24), PATIENCE, false)),
                SpiffeId.of("spiffe://cluster.local/ns/" + ACCOUNTS + "/sa/" + name));
    }

    private static String root(ApiServer server) {
        return server.secret("istio-system", "istio-ca-secret", "ca-cert.pem")
                .orElseThrow(
                        () -> new LabException("the control plane has made no istio-ca-secret with a ca-cert.pem"));
    }

    /** So many certificates, a few at a time. */
    void request(int count) {
        for (int asked = 0; asked < count; asked += AT_ONCE) {
            List<CompletableFuture<?>> some = new ArrayList<>();
            for (int i = asked; i < Math.min(count, asked + AT_ONCE); i++) {
                Account account = accounts.get(next++ % ACCOUNTS_COUNT);
                some.add(account.source().request(account.identity()).toCompletableFuture());
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
        accounts.forEach(account -> account.source().close());
    }
}
