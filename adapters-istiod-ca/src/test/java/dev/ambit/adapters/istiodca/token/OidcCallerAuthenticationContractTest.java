package dev.ambit.adapters.istiodca.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.ca.CallerAuthentication.Result;
import dev.ambit.ports.ca.CallerAuthenticationContract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OidcCallerAuthenticationContractTest extends CallerAuthenticationContract {
    private static final RSAKey RSA = rsa("one");
    private static final ECKey EC = ec("two");

    private final AtomicInteger asked = new AtomicInteger();
    private volatile String keys = new JWKSet(List.of(RSA, EC)).toString(true);
    private volatile int status = 200;
    private Instant now = Instant.parse("2026-11-21T10:00:00Z");
    private HttpServer server;
    private String issuer = "";
    private OidcCallerAuthentication authentication;

    private static RSAKey rsa(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static ECKey ec(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer = "http://127.0.0.1:" + server.getAddress().getPort();
        answer(
                "/.well-known/openid-configuration",
                () -> "{\"issuer\":\"" + issuer + "\",\"jwks_uri\":\"" + issuer + "/keys\"}");
        answer("/keys", () -> {
            asked.incrementAndGet();
            return keys;
        });
        server.start();
        authentication = new OidcCallerAuthentication(
                OidcOptions.of(issuer, "", List.of("istio-ca", "other"), TrustDomain.CLUSTER_LOCAL), () -> now);
    }

    private void answer(String path, Supplier<String> text) {
        server.createContext(path, exchange -> {
            byte[] body = text.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Override
    protected CallerAuthentication authentication() {
        return authentication;
    }

    /** It is bound to no pod. */
    @Override
    protected Caller expected() {
        return new Caller(POD.identity(), "", "", "");
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience("istio-ca")
                .subject("system:serviceaccount:istio-system:ztunnel")
                .expirationTime(Date.from(now.plus(Duration.ofHours(1))));
    }

    private static String signed(JWTClaimsSet.Builder claims) {
        return signed(claims, RSA);
    }

    private static String signed(JWTClaimsSet.Builder claims, RSAKey key) {
        try {
            var token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims.build());
            token.sign(new RSASSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected String validToken() {
        return signed(claims());
    }

    @Override
    protected String endedToken() {
        return signed(claims().expirationTime(Date.from(now.minus(Duration.ofHours(1)))));
    }

    @Test
    void ellipticKeysAndOtherAudiencesAreFine() throws JOSEException {
        var token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("two").build(),
                claims().audience(List.of("x", "other")).build());
        token.sign(new ECDSASigner(EC));

        assertThat(authentication.authenticate(token.serialize())).isInstanceOf(Result.Authenticated.class);
    }

    @Test
    void aSharedSecretIsNoSignature() throws JOSEException {
        var token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("one").build(), claims().build());
        token.sign(new MACSigner(RSA.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));

        assertRejected(token.serialize());
    }

    @Test
    void claimsAreChecked() {
        assertRejected(signed(claims().issuer("http://127.0.0.1:1")));
        assertRejected(signed(claims().audience("kubernetes")));
        assertRejected(signed(claims().expirationTime(null)));
        assertRejected(signed(claims().notBeforeTime(Date.from(now.plusSeconds(31)))));
        assertRejected(signed(claims().subject("cart")));
        assertRejected(signed(claims().subject("system:serviceaccount:shop:cart:more")));
        assertRejected(signed(claims().subject("system:serviceaccount:shop:a/b")));
    }

    @Test
    void clocksMayDifferALittle() {
        String token = signed(
                claims().notBeforeTime(Date.from(now.plusSeconds(29))).expirationTime(Date.from(now.minusSeconds(29))));

        assertThat(authentication.authenticate(token)).isInstanceOf(Result.Authenticated.class);
    }

    @Test
    void aNewKeyIsFetchedAndAMadeUpOneIsNotFetchedForAgainAndAgain() {
        RSAKey three = rsa("three");
        authentication.authenticate(validToken());
        keys = new JWKSet(List.of(RSA, three)).toString(true);
        now = now.plusSeconds(31);

        assertThat(authentication.authenticate(signed(claims(), three))).isInstanceOf(Result.Authenticated.class);
        int before = asked.get();
        for (int i = 0; i < 20; i++) {
            assertThat(authentication.authenticate(signed(claims(), rsaNamed("made-up-" + i))))
                    .isInstanceOf(Result.Rejected.class);
        }
        assertThat(asked.get() - before).isLessThanOrEqualTo(1);
    }

    private static RSAKey rsaNamed(String id) {
        return new RSAKey.Builder(RSA).keyID(id).build();
    }

    @Test
    void anIssuerThatIsAwayLeavesItOpenUntilItAnswers() {
        status = 500;
        assertThat(authentication.authenticate(validToken()))
                .isInstanceOfSatisfying(
                        Result.Undecided.class, it -> assertThat(it.why()).contains("answers 500"));
        status = 200;
        now = now.plusSeconds(31);

        assertThat(authentication.authenticate(validToken())).isInstanceOf(Result.Authenticated.class);
        status = 500;
        now = now.plus(Duration.ofHours(20));
        assertThat(authentication.authenticate(validToken()))
                .as("the keys that were known are good for a day")
                .isInstanceOf(Result.Authenticated.class);
        now = now.plus(Duration.ofHours(5));
        assertThat(authentication.authenticate(validToken())).isInstanceOf(Result.Undecided.class);
    }

    @Test
    void anEndlessAnswerIsNotRead() {
        keys = " ".repeat(1 << 20);

        assertThat(authentication.authenticate(validToken()))
                .isInstanceOfSatisfying(
                        Result.Undecided.class, it -> assertThat(it.why()).contains("more than"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "issuer", "http://issuer.example", "ftp://x", "https://a b"})
    void theIssuerIsReachedSecurely(String bad) {
        assertThatThrownBy(() -> OidcOptions.of(bad, "", List.of("istio-ca"), TrustDomain.CLUSTER_LOCAL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be an https URL");
    }
}
