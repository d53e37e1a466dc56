package dev.ambit.ports.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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

/** What every {@link CertificateAuthority} does. Requests reach it only after they were found sound. */
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

    /** Takes away what the authority needs to sign: its storage, its backend. */
    protected abstract void breakDown();

    /** Gives it back. The authority signs again within {@link CertificateAuthority#PATIENCE}. */
    protected abstract void repair();

    @Test
    protected void theChainLeadsFromTheRequestedKeyToARoot() throws GeneralSecurityException {
        var request = SigningRequests.ec("secp256r1").uri(IDENTITY.toString());
        var signed = signed(request, HOUR);
        List<X509Certificate> chain = chain(signed);

        assertThat(chain.getFirst().getPublicKey()).isEqualTo(request.keys().getPublic());
        verify(chain, signed.rootsPem());
        assertThat(signed.rootsPem()).isEqualTo(authority().trustBundle().rootsPem());
    }

    @Test
    protected void theChainIsInOrderOneCertificateEachAndWithoutItsRoot() throws GeneralSecurityException {
        var signed = signed(SigningRequests.ec("secp256r1"), HOUR);
        List<X509Certificate> chain = chain(signed);

        assertThat(signed.chainPem()).hasSameSizeAs(chain);
        for (int i = 0; i + 1 < chain.size(); i++) {
            chain.get(i).verify(chain.get(i + 1).getPublicKey());
        }
        assertThat(certificates(signed.rootsPem()))
                .isNotEmpty()
                .doesNotContainAnyElementsOf(chain)
                .allSatisfy(root -> assertThat(root.getBasicConstraints()).isNotNegative());
    }

    @Test
    protected void theLeafSaysWhoItIsAndNothingElse() throws GeneralSecurityException {
        X509Certificate leaf = chain(signed(SigningRequests.ec("secp256r1").dns("bank.example"), HOUR))
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
        var signed = signed(SigningRequests.ec("secp256r1").uri(IDENTITY.toString()), HOUR);
        X509Certificate leaf = chain(signed).getFirst();

        assertThat(signed.serial()).isEqualTo(leaf.getSerialNumber().toString(16));
        assertThat(signed.notAfter()).isEqualTo(leaf.getNotAfter().toInstant());
        assertThat(leaf.getNotBefore().toInstant()).isBeforeOrEqualTo(now());
        assertThat(signed.notAfter())
                .isBetween(now().plus(HOUR).minusSeconds(30), now().plus(HOUR).plusSeconds(1));
    }

    @Test
    protected void aWishBeyondTheLimitGetsTheLimit() {
        var signed = signed(SigningRequests.ec("secp256r1"), Duration.ofDays(36_500));

        assertThat(signed.notAfter())
                .isBetween(now().plus(HOUR), now().plus(validityMax()).plusSeconds(1));
    }

    @ParameterizedTest
    @MethodSource("kindsOfKey")
    protected void everyAcceptableKindOfKeyIsSigned(SigningRequests request) throws GeneralSecurityException {
        var signed = signed(request, HOUR);

        verify(chain(signed), signed.rootsPem());
    }

    static Stream<Arguments> kindsOfKey() {
        return Stream.of(
                Arguments.argumentSet("P-256", SigningRequests.ec("secp256r1")),
                Arguments.argumentSet("P-384", SigningRequests.ec("secp384r1")),
                Arguments.argumentSet("RSA 2048", SigningRequests.rsa(2048)));
    }

    @Test
    protected void anotherTrustDomainIsRejected() {
        SpiffeId foreign = SpiffeId.of("spiffe://elsewhere/ns/shop/sa/cart");
        var request = SigningRequests.ec("secp256r1").uri(foreign.toString());

        assertThat(authority()
                        .sign(new SigningRequest(request.pem(), request.keys().getPublic(), foreign, HOUR)))
                .asInstanceOf(type(SigningResult.Rejected.class))
                .extracting(SigningResult.Rejected::why)
                .asString()
                .isNotBlank()
                .hasSizeLessThan(1000);
    }

    @Test
    protected void anAuthorityThatSignsHasNoImpediment() {
        signed(SigningRequests.ec("secp256r1"), HOUR);

        assertThat(authority().impediment()).isEmpty();
    }

    @Test
    protected void aBrokenAuthoritySaysSoInTimeAndRecovers() {
        String roots = signed(SigningRequests.ec("secp256r1"), HOUR).rootsPem();
        breakDown();
        long begin = System.nanoTime();

        assertThatThrownBy(() -> signed(SigningRequests.ec("secp256r1"), HOUR))
                .isInstanceOf(CertificateAuthorityException.class)
                .message()
                .isNotBlank();
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isLessThan(CertificateAuthority.PATIENCE.plusSeconds(2));
        assertThat(authority().impediment().orElse(""))
                .isNotBlank()
                .hasSizeLessThan(500)
                .doesNotContainPattern("\\p{Cntrl}");
        assertThat(authority().trustBundle().rootsPem()).isEqualTo(roots);

        repair();
        signsAgain(Instant.now().plus(CertificateAuthority.PATIENCE));
        assertThat(authority().impediment()).isEmpty();
    }

    private void signsAgain(Instant deadline) {
        while (true) {
            try {
                signed(SigningRequests.ec("secp256r1"), HOUR);
                return;
            } catch (CertificateAuthorityException e) {
                if (Instant.now().isAfter(deadline)) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    @Test
    protected void eightThreadsGetDistinctSerials() throws Exception {
        int each = 25;
        var serials = ConcurrentHashMap.<String>newKeySet();
        var running = new ArrayList<Future<?>>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                running.add(threads.submit(() -> {
                    var request = SigningRequests.ec("secp256r1");
                    for (int j = 0; j < each; j++) {
                        serials.add(signed(request, HOUR).serial());
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(serials).hasSize(8 * each);
    }

    protected final SigningResult.Signed signed(SigningRequests request, Duration validity) {
        return (SigningResult.Signed) authority().sign(request.forIdentity(IDENTITY, validity));
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
