package dev.ambit.adapters.xds.ca;

import dev.ambit.adapters.xds.channel.TestCertificates;
import dev.ambit.adapters.xds.channel.TestServer;
import dev.ambit.ports.credentials.CertificateSource;
import dev.ambit.ports.credentials.CertificateSourceContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class XdsCertificateSourceContractTest extends CertificateSourceContract {
    private static final TestCertificates ROOT = new TestCertificates("mesh");

    private final TestServer server;

    XdsCertificateSourceContractTest(@TempDir Path directory) {
        server = new TestServer(ROOT, "localhost", directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Override
    protected CertificateSource source(Authority authority) {
        FakeAuthority.Fault fault = switch (authority) {
            case HONEST, ABSENT -> FakeAuthority.Fault.NOTHING;
            case REFUSES -> FakeAuthority.Fault.REFUSES;
            case SIGNS_FOR_ANOTHER -> FakeAuthority.Fault.OTHER_IDENTITY;
            case SIGNS_ANOTHER_KEY -> FakeAuthority.Fault.OTHER_KEY;
            case ANSWERS_GARBAGE -> FakeAuthority.Fault.GARBAGE;
            case OMITS_THE_ROOT -> FakeAuthority.Fault.NO_ROOT;
        };
        server.start(new CertificateService(new FakeAuthority(ROOT, fault)));
        if (authority == Authority.ABSENT) {
            server.stop();
        }
        return new XdsCertificateSource(new CaClientOptions(
                server.address(ROOT, FakeAuthority.TOKEN, Optional.empty()),
                Duration.ofHours(1),
                Duration.ofSeconds(10)));
    }
}
