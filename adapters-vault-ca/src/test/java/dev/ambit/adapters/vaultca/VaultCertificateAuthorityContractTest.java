package dev.ambit.adapters.vaultca;

import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateAuthorityContract;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What every authority does, done by a real Vault. */
final class VaultCertificateAuthorityContractTest extends CertificateAuthorityContract {
    private static VaultServer server;
    private static VaultCertificateAuthority authority;

    @BeforeAll
    static void open() throws IOException {
        server = VaultServer.start();
        String mount = server.mountWithRoot("mesh root");
        server.workloadRole(mount, "workload");
        authority = VaultCertificateAuthority.open(new VaultSetup(server, mount).options(), Clock.systemUTC());
    }

    @AfterAll
    static void close() {
        authority.close();
        server.close();
    }

    @Override
    protected CertificateAuthority authority() {
        return authority;
    }

    @Override
    protected Instant now() {
        return Instant.now();
    }

    @Override
    protected Duration validityMax() {
        return Duration.ofDays(90);
    }

    /** Slow is the worst way to be broken: connections open, and nothing comes. */
    @Override
    protected void breakDown() {
        server.freeze();
    }

    @Override
    protected void repair() {
        server.thaw();
    }
}
