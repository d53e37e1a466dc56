package dev.ambit.ports.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.ports.trust.VerifiedChains.VerifiedChain;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VerifiedChainsTest {
    private static final Instant FROM = Instant.parse("2030-01-01T00:00:00Z");
    private static final Instant UNTIL = FROM.plusSeconds(60);
    private static final X509Certificate ONE = Certificates.root("O=one").certificate();
    private static final X509Certificate TWO = Certificates.root("O=two").certificate();
    private static final List<X509Certificate> ROOTS = List.of(ONE);

    private final VerifiedChains chains = new VerifiedChains();

    private static VerifiedChain verified(List<X509Certificate> chain) {
        return new VerifiedChain(chain, FROM, UNTIL, null, List.of());
    }

    /** Chains that differ, made of two certificates: the bits of the number. */
    private static List<X509Certificate> chain(int number) {
        return IntStream.range(0, 11)
                .mapToObj(bit -> ((number >> bit) & 1) == 0 ? ONE : TWO)
                .toList();
    }

    private boolean knows(int number) {
        return chains.find(ROOTS, chain(number), FROM).isPresent();
    }

    @Test
    void thoseThatWereUsedLastAreKept() {
        for (int i = 0; i < 1_024; i++) {
            chains.add(ROOTS, chain(i), verified(chain(i)));
        }
        assertThat(chains.size()).isEqualTo(1_024);
        assertThat(knows(0)).isTrue();

        chains.add(ROOTS, chain(1_024), verified(chain(1_024)));

        assertThat(chains.size()).isEqualTo(1_024);
        assertThat(List.of(knows(0), knows(1), knows(2), knows(1_024))).containsExactly(true, false, true, true);
    }

    @Test
    void aChainIsFoundFromItsFirstMomentToItsLast() {
        chains.add(ROOTS, chain(5), verified(chain(5)));

        assertThat(chains.find(ROOTS, chain(5), FROM)).contains(verified(chain(5)));
        assertThat(chains.find(ROOTS, chain(5), UNTIL)).isPresent();
        assertThat(chains.find(ROOTS, chain(5), FROM.minusNanos(1))).isEmpty();
        assertThat(chains.find(ROOTS, chain(5), UNTIL.plusNanos(1))).isEmpty();
    }

    @Test
    void anotherChainOrOtherRootsAreAnotherMatter() {
        chains.add(ROOTS, chain(5), verified(chain(5)));

        assertThat(chains.find(List.of(TWO), chain(5), FROM)).isEmpty();
        assertThat(chains.find(List.of(ONE, TWO), chain(5), FROM)).isEmpty();
        assertThat(chains.find(ROOTS, chain(5).subList(0, 10), FROM)).isEmpty();
        assertThat(chains.find(ROOTS, chain(4), FROM)).isEmpty();
    }
}
