package dev.ambit.ports.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.ca.CertificateAuthority.SigningRequest;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every {@link CertificateAuthority} does. */
@Timeout(60)
public abstract class CertificateAuthorityContract {
    protected static final SpiffeId IDENTITY = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int URI_NAME = 6;

    /** The authority under test; it signs for trust domain cluster.local. */
    protected abstract CertificateAuthority authority();

    /** The time the authority lives in. */
    protected abstract Instant now();

    /** The longest validity it grants. */
    protected abstract Duration validityMax();

    @Test
    protected void theChainLeadsFromTheRequestedKeyToARoot() throws GeneralSecurityException {
        var request = SigningRequests.ec("secp256r1").uri(IDENTITY.toString());
        var signed = signed(request.pem(), HOUR);
        List<X509Certificate> chain = chain(signed);

        assertThat(chain.getFirst().getPublicKey()).isEqualTo(request.keys().getPublic());
        verify(chain, signed.rootsPem());
        assertThat(signed.rootsPem()).isEqualTo(authority().rootsPem());
    }

    @Test
    protected void theLeafSaysWhoItIsAndNothingElse() throws GeneralSecurityException {
        X509Certificate leaf = chain(signed(
                        SigningRequests.ec("secp256r1").dns("bank.example").pem(), HOUR))
                .getFirst();

        assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(URI_NAME, IDENTITY.toString()));
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getExtendedKeyUsage()).contains("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        boolean[] usage = leaf.getKeyUsage();
        assertThat(usage[0]).as("digitalSignature").isTrue();
        assertThat(usage[5]).as("keyCertSign").isFalse();
    }

    @Test
    protected void theAnswerRepeatsWhatTheLeafSays() throws GeneralSecurityException {
        var signed = signed(SigningRequests.good(IDENTITY.toString()), HOUR);
        X509Certificate leaf = chain(signed).getFirst();

        assertThat(signed.serial()).isEqualTo(leaf.getSerialNumber().toString(16));
        assertThat(signed.notAfter()).isEqualTo(leaf.getNotAfter().toInstant());
        assertThat(leaf.getNotBefore().toInstant()).isBeforeOrEqualTo(now());
        assertThat(signed.notAfter()).isBetween(now().plus(HOUR).minusSeconds(1), now().plus(HOUR));
    }

    @Test
    protected void aWishBeyondTheLimitGetsTheLimit() throws GeneralSecurityException {
        var signed = signed(SigningRequests.good(IDENTITY.toString()), Duration.ofSeconds(Long.MAX_VALUE));

        assertThat(signed.notAfter()).isBetween(now().plus(HOUR), now().plus(validityMax()));
    }

    @ParameterizedTest
    @MethodSource("noWish")
    protected void noWishGetsTheDefault(Duration validity) {
        var signed = signed(SigningRequests.good(IDENTITY.toString()), validity);

        assertThat(signed.notAfter()).isBetween(now().plusSeconds(59), now().plus(validityMax()));
    }

    static Stream<Duration> noWish() {
        return Stream.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MIN_VALUE));
    }

    @ParameterizedTest
    @MethodSource("goodRequests")
    protected void goodRequestsAreSigned(String csrPem) throws GeneralSecurityException {
        var signed = signed(csrPem, HOUR);

        verify(chain(signed), signed.rootsPem());
    }

    static Stream<Arguments> goodRequests() {
        return Stream.of(
                Arguments.argumentSet("P-256", SigningRequests.good(IDENTITY.toString())),
                Arguments.argumentSet("P-384", SigningRequests.ec("secp384r1").pem()),
                Arguments.argumentSet("RSA 2048", SigningRequests.rsa(2048).pem()),
                Arguments.argumentSet(
                        "own identity among others",
                        SigningRequests.ec("secp256r1")
                                .uri("spiffe://cluster.local/ns/a/sa/b", IDENTITY.toString())
                                .pem()));
    }

    @ParameterizedTest
    @MethodSource("badRequests")
    protected void badRequestsAreRejectedWithAReason(String csrPem) {
        var result = authority().sign(new SigningRequest(csrPem, IDENTITY, HOUR));

        assertThat(result)
                .asInstanceOf(type(SigningResult.Rejected.class))
                .extracting(SigningResult.Rejected::why)
                .asString()
                .isNotBlank()
                .hasSizeLessThan(1000)
                .doesNotContainPattern("\\p{Cntrl}");
        signed(SigningRequests.good(IDENTITY.toString()), HOUR);
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
                Arguments.argumentSet("oversized", good + "\n".repeat(16 * 1024)),
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
                Arguments.argumentSet("another trust domain", SigningRequests.good("spiffe://evil/ns/shop/sa/cart")));
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
    protected void eightThreadsGetDistinctSerials() throws Exception {
        int each = 25;
        var serials = ConcurrentHashMap.<String>newKeySet();
        var running = new ArrayList<Future<?>>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                running.add(threads.submit(() -> {
                    String csr = SigningRequests.good(IDENTITY.toString());
                    for (int j = 0; j < each; j++) {
                        serials.add(signed(csr, HOUR).serial());
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(serials).hasSize(8 * each);
    }

    protected final SigningResult.Signed signed(String csrPem, Duration validity) {
        return (SigningResult.Signed) authority().sign(new SigningRequest(csrPem, IDENTITY, validity));
    }

    protected static List<X509Certificate> chain(SigningResult.Signed signed) throws GeneralSecurityException {
        return certificates(String.join("", signed.chainPem()));
    }

    protected static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                .stream()
                .map(X509Certificate.class::cast)
                .toList();
    }

    /** Path validation by RFC 5280, as a peer does it. */
    protected final void verify(List<X509Certificate> chain, String rootsPem) throws GeneralSecurityException {
        var anchors = certificates(rootsPem).stream()
                .map(root -> new TrustAnchor(root, null))
                .collect(Collectors.toSet());
        var parameters = new PKIXParameters(anchors);
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(now()));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
    }
}
