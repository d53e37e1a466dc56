package dev.ambit.benchmarks;

import dev.ambit.adapters.istiodca.BouncySigningRequestReading;
import dev.ambit.adapters.istiodca.IstiodCaOptions;
import dev.ambit.adapters.istiodca.IstiodCertificateAuthority;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.RequestRules;
import dev.ambit.ports.ca.CertificateAuthority.SigningRequest;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult;
import dev.ambit.ports.ca.RootStorage;
import dev.ambit.ports.ca.SigningRequestReading.Reading;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a certificate costs the authority: the request is read, its signature verified and its content judged, and a leaf is
 * signed with the P-256 root of our own. One thread without a wait: certificates per second are certificates per CPU-second.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class CertificateSigningBenchmark {
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");

    /** As ztunnel's: P-256, one URI name. */
    private static final String REQUEST = """
            -----BEGIN CERTIFICATE REQUEST-----
            MIIBAjCBqQIBADAAMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAExBeTFQr6Yx1A
            l9niXECaQ+MUNiKlNoGHD5LG0tMDHi8ByUgugo7x4xr0/7eYIZQ8SSxkf8A7LPAF
            CD31u0gw+6BHMEUGCSqGSIb3DQEJDjE4MDYwNAYDVR0RAQH/BCowKIYmc3BpZmZl
            Oi8vY2x1c3Rlci5sb2NhbC9ucy9zaG9wL3NhL2NhcnQwCgYIKoZIzj0EAwIDSAAw
            RQIhAMHN04GPnE3A+I7Oc7gUGqqzVEAZwUShHmvlz0NK2DbuAiBw0VA2YriLmJiV
            kqnUjNJsOW9R1pdb/7Y/V9UyDuJq1A==
            -----END CERTIFICATE REQUEST-----
            """;

    private final BouncySigningRequestReading reading = new BouncySigningRequestReading();
    private final IstiodCertificateAuthority authority = IstiodCertificateAuthority.open(
            new InMemory(), IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL), Clock.systemUTC());

    /** Nothing of what is measured may wait for a disk. */
    private static final class InMemory implements RootStorage {
        private Optional<Stored> stored = Optional.empty();
        private int version;

        @Override
        public Optional<Stored> load() {
            return stored;
        }

        @Override
        public Optional<Stored> replace(Map<String, String> documents, Optional<String> expectedVersion) {
            version++;
            stored = Optional.of(new Stored(documents, Integer.toString(version)));
            return stored;
        }

        @Override
        public String place() {
            return "memory";
        }
    }

    @Benchmark
    public SigningResult sign() {
        return switch (reading.read(REQUEST)) {
            case Reading.Read(var facts, var key)
            when RequestRules.objection(facts, CART).isEmpty() ->
                authority.sign(new SigningRequest(REQUEST, key, CART, Duration.ofHours(24)));
            case Reading refused -> throw new IllegalStateException("the request was meant to be fine: " + refused);
        };
    }
}
