package dev.ambit.adapters.xds.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.xds.channel.TestCertificates;
import dev.ambit.adapters.xds.channel.TestServer;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.CredentialsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A failure that nobody foresees: whoever waits hears of it, and the next request is served. */
@Timeout(60)
class XdsCertificateSourceErrorTest {
    private static final SpiffeId IDENTITY = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");

    @Test
    void anErrorIsAnAnswerAndTheNextRequestIsServed(@TempDir Path directory) throws Exception {
        var root = new TestCertificates("mesh");
        var server = new TestServer(root, "localhost", directory);
        server.start(new CertificateService(new FakeAuthority(root, FakeAuthority.Fault.NOTHING)));
        var calls = new AtomicInteger();
        var options = new CaClientOptions(
                server.address(root, FakeAuthority.TOKEN, Optional.empty()),
                Duration.ofHours(1),
                Duration.ofSeconds(10));
        try (var source = new XdsCertificateSource(options, Duration.ofSeconds(2), identity -> {
            if (calls.getAndIncrement() == 0) {
                throw new NoClassDefFoundError("a provider that cannot be loaded");
            }
            return SigningKey.generate(identity);
        })) {
            assertThatThrownBy(
                            () -> source.request(IDENTITY).toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(CredentialsException.class)
                    .hasMessageContaining(IDENTITY.toString())
                    .hasMessageContaining("cannot be loaded");

            assertThat(source.request(IDENTITY)
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS)
                            .identity())
                    .isEqualTo(IDENTITY);
        } finally {
            server.close();
        }
    }
}
