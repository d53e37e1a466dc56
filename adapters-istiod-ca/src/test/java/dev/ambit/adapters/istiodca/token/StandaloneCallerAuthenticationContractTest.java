package dev.ambit.adapters.istiodca.token;

import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.ca.CallerAuthenticationContract;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

final class StandaloneCallerAuthenticationContractTest extends CallerAuthenticationContract {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    @TempDir
    private Path folder;

    private StandaloneCallerAuthentication tokens;

    @BeforeEach
    void open() {
        tokens = at(NOW);
    }

    private StandaloneCallerAuthentication at(Instant now) {
        return StandaloneCallerAuthentication.open(
                folder.resolve("key.json"), "ambit", "istio-ca", TrustDomain.CLUSTER_LOCAL, InstantSource.fixed(now));
    }

    @Override
    protected CallerAuthentication authentication() {
        return tokens;
    }

    @Override
    protected String validToken() {
        return tokens.mint(POD, Duration.ofHours(1));
    }

    @Override
    protected String endedToken() {
        return at(NOW.minus(Duration.ofDays(1))).mint(POD, Duration.ofHours(1));
    }
}
