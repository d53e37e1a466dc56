package dev.ambit.adapters.istiodca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.ports.ca.CertificateAuthority.SigningRequest;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult;
import dev.ambit.ports.ca.SigningRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

final class ValidityPropertyTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final SpiffeId IDENTITY = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final String CSR = SigningRequests.good(IDENTITY.toString());

    private final IstiodCertificateAuthority authority = open();

    private static IstiodCertificateAuthority open() {
        try {
            Path folder = Files.createTempDirectory("ambit-ca");
            var opened = IstiodCertificateAuthority.open(
                    folder, IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL), InstantSource.fixed(NOW));
            Files.delete(folder.resolve("ca-cert.pem"));
            Files.delete(folder.resolve("ca-key.pem"));
            Files.delete(folder);
            return opened;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Property(tries = 100)
    void anyWishEndsWithinTheLimit(@ForAll long seconds, @ForAll @LongRange(max = 999_999_999) long nanos) {
        Duration wish = seconds == Long.MAX_VALUE ? Duration.ofSeconds(seconds) : Duration.ofSeconds(seconds, nanos);
        var signed = (SigningResult.Signed) authority.sign(new SigningRequest(CSR, IDENTITY, wish));

        assertThat(signed.notAfter()).isBetween(NOW, NOW.plus(Duration.ofDays(90)));
    }
}
