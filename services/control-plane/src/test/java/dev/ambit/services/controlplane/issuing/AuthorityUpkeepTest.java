package dev.ambit.services.controlplane.issuing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.istiodca.IstiodCaOptions;
import dev.ambit.adapters.istiodca.IstiodCertificateAuthority;
import dev.ambit.adapters.istiodca.storage.FileTrustBundleDistribution;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.FakeRootStorage;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class AuthorityUpkeepTest {
    private final FakeRootStorage storage = new FakeRootStorage();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final AtomicInteger renewals = new AtomicInteger();
    private Instant now = Instant.parse("2026-11-21T10:00:00Z");
    private final IstiodCertificateAuthority authority =
            IstiodCertificateAuthority.open(storage, IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL), () -> now);
    private AuthorityUpkeep upkeep;

    @TempDir
    private Path folder;

    @BeforeEach
    void wire() {
        upkeep = new AuthorityUpkeep(
                new MeshAuthority(authority, authority, Optional.of(authority)),
                new FileTrustBundleDistribution(folder.resolve("root.pem")),
                renewals::incrementAndGet,
                _ -> {},
                telemetry);
    }

    @Test
    void theBundleIsPutDownAndFollowsTheRotation() throws IOException {
        upkeep.tend();
        assertThat(folder.resolve("root.pem"))
                .hasContent(authority.trustBundle().rootsPem());
        assertThat(upkeep.status()).startsWith("stage         steady").contains("trust bundle  everywhere");

        assertThat(upkeep.rotate()).startsWith("stage         distributing").contains("next stage    not before");

        assertThat(Files.readString(folder.resolve("root.pem")))
                .isEqualTo(authority.trustBundle().rootsPem());
        assertThat(telemetry.measured(Gauge.ROTATION_STAGE)).isEqualTo(1);
        assertThat(telemetry.measured(Gauge.ROTATION_STAGE_END)).isGreaterThan(now.getEpochSecond());
    }

    @Test
    void theServersCertificateIsRenewedWhenAnotherRootSigns() {
        upkeep.rotate();
        assertThat(renewals).hasValue(0);
        now = now.plus(Duration.ofMinutes(11));

        upkeep.tend();

        assertThat(renewals).hasValue(1);
        assertThat(telemetry.measured(Gauge.ROTATION_STAGE)).isEqualTo(2);
        upkeep.abort();
        assertThat(renewals).hasValue(2);
    }

    @Test
    void anOrderThatChangesNothingSaysWhy() {
        assertThat(upkeep.abort()).startsWith("nothing changed: no rotation is under way");
        upkeep.rotate();
        assertThat(upkeep.rotate()).startsWith("nothing changed: a rotation is under way");
    }

    @Test
    void aStorageThatFailsIsSaidAndTriedAgain() {
        storage.breakDown();
        upkeep.tend();
        assertThat(upkeep.status()).contains("attention     the storage in memory was broken on purpose");

        storage.repair();
        upkeep.tend();
        assertThat(upkeep.status()).doesNotContain("attention");
    }
}
