package dev.ambit.adapters.istiodca.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.ca.CallerAuthentication.Result;
import dev.ambit.ports.ca.CertificateAuthorityException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
final class StandaloneCallerAuthenticationTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final PodRecord POD = new PodRecord(
            new PodRef("uid-1", "istio-system", "ztunnel-x", "ztunnel"),
            SpiffeId.of("spiffe://cluster.local/ns/istio-system/sa/ztunnel"),
            "node-a");

    @TempDir
    private Path folder;

    private Path keyFile;
    private StandaloneCallerAuthentication tokens;

    @BeforeEach
    void open() {
        keyFile = folder.resolve("key.json");
        tokens = open(keyFile, "ambit", "istio-ca", NOW);
    }

    private static StandaloneCallerAuthentication open(Path file, String issuer, String audience, Instant now) {
        return StandaloneCallerAuthentication.open(
                file, issuer, audience, TrustDomain.CLUSTER_LOCAL, InstantSource.fixed(now));
    }

    @Test
    void theClaimsAreThoseOfAPodBoundToken() throws ParseException {
        JWTClaimsSet claims =
                SignedJWT.parse(tokens.mint(POD, Duration.ofHours(1))).getJWTClaimsSet();

        assertThat(claims.getIssuer()).isEqualTo("ambit");
        assertThat(claims.getAudience()).containsExactly("istio-ca");
        assertThat(claims.getSubject()).isEqualTo("system:serviceaccount:istio-system:ztunnel");
        assertThat(claims.getExpirationTime()).isEqualTo(NOW.plus(Duration.ofHours(1)));
        assertThat(claims.getIssueTime()).isEqualTo(NOW);
        assertThat(claims.getNotBeforeTime()).isEqualTo(NOW);
        assertThat(claims.getJSONObjectClaim("kubernetes.io"))
                .isEqualTo(Map.of(
                        "namespace", "istio-system",
                        "node", Map.of("name", "node-a"),
                        "pod", Map.of("name", "ztunnel-x", "uid", "uid-1"),
                        "serviceaccount", Map.of("name", "ztunnel")));
    }

    @ParameterizedTest
    @CsvSource({"3629, true", "3630, false", "-30, true", "-31, false"})
    void clocksMayDifferByThirtySeconds(long secondsLater, boolean good) {
        String token = tokens.mint(POD, Duration.ofHours(1));
        Result result = open(keyFile, "ambit", "istio-ca", NOW.plusSeconds(secondsLater))
                .authenticate(token);

        assertThat(result instanceof Result.Authenticated).isEqualTo(good);
    }

    @Test
    void tokensOfOthersProveNothing() {
        Duration hour = Duration.ofHours(1);
        assertRejected(open(keyFile, "ambit", "vault", NOW).mint(POD, hour), "audience");
        assertRejected(open(keyFile, "someone", "istio-ca", NOW).mint(POD, hour), "issuer");
        assertRejected(
                open(folder.resolve("other.json"), "ambit", "istio-ca", NOW).mint(POD, hour), "key");
    }

    @Test
    void thePublicKeyIsNoSharedSecret() throws Exception {
        ECKey key = ECKey.parse(Files.readString(keyFile));
        JWTClaimsSet claims =
                SignedJWT.parse(tokens.mint(POD, Duration.ofHours(1))).getJWTClaimsSet();

        assertRejected(
                sign(
                        JWSAlgorithm.HS256,
                        claims,
                        new MACSigner(key.toECPublicKey().getEncoded())),
                "ES256");
    }

    @ParameterizedTest
    @CsvSource({
        "exp, expired",
        "iss, issuer",
        "aud, audience",
        "sub, subject",
        "kubernetes.io, kubernetes.io",
    })
    void everyClaimIsNeeded(String claim, String why) throws Exception {
        JWTClaimsSet whole =
                SignedJWT.parse(tokens.mint(POD, Duration.ofHours(1))).getJWTClaimsSet();
        var without = new JWTClaimsSet.Builder(whole).claim(claim, null).build();

        assertRejected(sign(JWSAlgorithm.ES256, without, ownSigner()), why);
    }

    @Test
    void theSubjectMustBeTheServiceAccountAndThePodMustBeNamed() throws Exception {
        JWTClaimsSet whole =
                SignedJWT.parse(tokens.mint(POD, Duration.ofHours(1))).getJWTClaimsSet();
        var boss = new JWTClaimsSet.Builder(whole)
                .subject("system:serviceaccount:istio-system:boss")
                .build();
        var unbound = new JWTClaimsSet.Builder(whole)
                .claim("kubernetes.io", Map.of("namespace", "istio-system", "pod", "a string"))
                .build();

        assertRejected(sign(JWSAlgorithm.ES256, boss, ownSigner()), "subject");
        assertRejected(sign(JWSAlgorithm.ES256, unbound, ownSigner()), "pod");
    }

    @Test
    void lifetimesHaveARange() {
        assertThatIllegalArgumentException().isThrownBy(() -> tokens.mint(POD, Duration.ofSeconds(9)));
        assertThatIllegalArgumentException().isThrownBy(() -> tokens.mint(POD, Duration.ofDays(91)));
    }

    @Test
    void theKeyIsPrivateAndADamagedOneIsLeftAlone() throws IOException {
        assertThat(Files.getPosixFilePermissions(keyFile)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        Files.writeString(keyFile, "{\"kty\":\"EC\"}");

        assertThatThrownBy(() -> open(keyFile, "ambit", "istio-ca", NOW))
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContainingAll(keyFile.toString(), "restore it, or remove it");
        assertThat(keyFile).hasContent("{\"kty\":\"EC\"}");
    }

    private JWSSigner ownSigner() throws Exception {
        return new ECDSASigner(ECKey.parse(Files.readString(keyFile)));
    }

    private static String sign(JWSAlgorithm algorithm, JWTClaimsSet claims, JWSSigner signer) throws JOSEException {
        var token = new SignedJWT(new JWSHeader(algorithm), claims);
        token.sign(signer);
        return token.serialize();
    }

    private void assertRejected(String token, String why) {
        assertThat(tokens.authenticate(token))
                .isInstanceOfSatisfying(
                        Result.Rejected.class,
                        rejected -> assertThat(rejected.why()).contains(why));
    }
}
