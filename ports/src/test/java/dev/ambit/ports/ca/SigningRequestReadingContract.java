package dev.ambit.ports.ca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.RequestFacts;
import dev.ambit.domain.issuing.RequestRules;
import dev.ambit.ports.ca.SigningRequestReading.Reading;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every {@link SigningRequestReading} does, and which requests are refused because of what it reads. */
@Timeout(60)
public abstract class SigningRequestReadingContract {
    private static final SpiffeId IDENTITY = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");

    protected abstract SigningRequestReading reading();

    @Test
    protected void saysWhatIsInTheRequest() {
        var request = SigningRequests.ec("secp256r1").uri(IDENTITY.toString());

        assertThat(reading().read(request.pem()))
                .isEqualTo(new Reading.Read(
                        new RequestFacts(
                                RequestFacts.KeyKind.EC, 256, 0, true, true, false, List.of(IDENTITY.toString())),
                        request.keys().getPublic()));
    }

    @ParameterizedTest
    @MethodSource("goodRequests")
    protected void goodRequestsAreReadAndFoundSound(String csrPem) {
        assertThat(objection(csrPem)).isEmpty();
    }

    static Stream<Arguments> goodRequests() {
        return Stream.of(
                Arguments.argumentSet("P-256", SigningRequests.good(IDENTITY.toString())),
                Arguments.argumentSet("P-384", SigningRequests.ec("secp384r1").pem()),
                Arguments.argumentSet("RSA 2048", SigningRequests.rsa(2048).pem()),
                Arguments.argumentSet(
                        "RSA 2048, SHA-512",
                        SigningRequests.rsa(2048).algorithm("SHA512withRSA").pem()),
                Arguments.argumentSet(
                        "a DNS name, which is ignored",
                        SigningRequests.ec("secp256r1").dns("bank.example").pem()),
                Arguments.argumentSet(
                        "own identity among others",
                        SigningRequests.ec("secp256r1")
                                .uri("spiffe://cluster.local/ns/a/sa/b", IDENTITY.toString())
                                .pem()));
    }

    @ParameterizedTest
    @MethodSource("badRequests")
    protected void badRequestsAreRefusedWithAReason(String csrPem) {
        assertThat(objection(csrPem).orElse(""))
                .isNotBlank()
                .hasSizeLessThan(1000)
                .doesNotContainPattern("\\p{Cntrl}");
    }

    static Stream<Arguments> badRequests() {
        String good = SigningRequests.good(IDENTITY.toString());
        return Stream.of(
                Arguments.argumentSet("empty", ""),
                Arguments.argumentSet("garbage", "not a request"),
                Arguments.argumentSet("PEM around garbage", SigningRequests.pem(new byte[] {1, 2, 3, '\n'})),
                Arguments.argumentSet("bad base 64", good.replaceAll("M", "!")),
                Arguments.argumentSet("cut off", good.substring(0, good.length() / 2)),
                Arguments.argumentSet("deeply nested", SigningRequests.pem(nested(5_000))),
                Arguments.argumentSet("oversized", good + "\n".repeat(SigningRequestReading.CHARACTERS_MAX)),
                Arguments.argumentSet("two requests", good + good),
                Arguments.argumentSet("not a request but a key", good.replace("CERTIFICATE REQUEST", "PRIVATE KEY")),
                Arguments.argumentSet("broken signature", SigningRequests.withBrokenSignature(good)),
                Arguments.argumentSet(
                        "signed by another key",
                        SigningRequests.ec("secp256r1").signedByAnother().pem()),
                Arguments.argumentSet(
                        "SHA-1",
                        SigningRequests.rsa(2048).algorithm("SHA1withRSA").pem()),
                Arguments.argumentSet("RSA 1024", SigningRequests.rsa(1024).pem()),
                Arguments.argumentSet("P-521", SigningRequests.ec("secp521r1").pem()),
                Arguments.argumentSet("Ed25519", SigningRequests.ed25519().pem()),
                Arguments.argumentSet(
                        "asks to be a CA",
                        SigningRequests.ec("secp256r1").authority().pem()),
                Arguments.argumentSet(
                        "another identity", SigningRequests.good("spiffe://cluster.local/ns/bank/sa/boss")),
                Arguments.argumentSet("another trust domain", SigningRequests.good("spiffe://evil/ns/shop/sa/cart")),
                Arguments.argumentSet(
                        "an identity that would forge a log line", SigningRequests.good("spiffe://x\n2030 issued")));
    }

    /** Indefinite-length sequences within each other. */
    private static byte[] nested(int depth) {
        byte[] der = new byte[depth * 2];
        for (int i = 0; i < der.length; i += 2) {
            der[i] = 0x30;
            der[i + 1] = (byte) 0x80;
        }
        return der;
    }

    @Test
    protected void everyBrokenByteEndsInAnAnswer() {
        byte[] good = SigningRequests.der(SigningRequests.good(IDENTITY.toString()));
        for (int i = 0; i < good.length; i++) {
            byte[] broken = Arrays.copyOf(good, good.length);
            broken[i] ^= (byte) 0xff;

            assertThat(objection(SigningRequests.pem(broken))).as("byte " + i).isPresent();
        }
    }

    private Optional<String> objection(String csrPem) {
        return switch (reading().read(csrPem)) {
            case Reading.Unreadable(String why) -> Optional.of(why);
            case Reading.Read read -> RequestRules.objection(read.facts(), IDENTITY);
        };
    }
}
