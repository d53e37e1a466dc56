package dev.ambit.adapters.vaultca;

import dev.ambit.ports.ca.ServerCertificates;
import dev.ambit.ports.ca.ServerCertificatesContract;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class VaultServerCertificatesContractTest extends ServerCertificatesContract {
    private static VaultServer server;
    private static VaultCertificateAuthority authority;

    @BeforeAll
    static void open() throws IOException {
        server = VaultServer.any();
        String mount = server.mountWithRoot("mesh root");
        server.serverRole(mount, Map.of("allow_any_name", true));
        authority = VaultCertificateAuthority.open(new VaultSetup(server, mount).options(), Clock.systemUTC());
    }

    @AfterAll
    static void close() {
        authority.close();
        server.close();
    }

    @Override
    protected ServerCertificates certificates() {
        return authority;
    }
}
