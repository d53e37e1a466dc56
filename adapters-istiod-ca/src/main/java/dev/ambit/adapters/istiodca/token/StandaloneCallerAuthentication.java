package dev.ambit.adapters.istiodca.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.ambit.adapters.istiodca.file.PrivateFile;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.ca.CertificateAuthorityException;
import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Issues and checks tokens where there is no Kubernetes API server to do it: same claims as a pod-bound service account
 * token, signed (ES256, RFC 7518) with a key of our own.
 *
 * <p>The key is kept as a JSON Web Key with mode 0600. A damaged key file stops {@link #open} and is never overwritten.
 */
public final class StandaloneCallerAuthentication implements CallerAuthentication {
    private static final int LENGTH_MAX = 8 * 1024;
    private static final Duration SKEW = Duration.ofSeconds(30);
    private static final Duration TTL_MIN = Duration.ofSeconds(10);
    private static final Duration TTL_MAX = Duration.ofDays(90);
    private static final String ACCOUNT_PREFIX = "system:serviceaccount:";
    private static final String KUBERNETES_CLAIM = "kubernetes.io";

    private final ECDSASigner signer;
    private final ECDSAVerifier verifier;
    private final JWSHeader header;
    private final String issuer;
    private final String audience;
    private final TrustDomain trustDomain;
    private final InstantSource clock;

    private StandaloneCallerAuthentication(
            ECKey key, String issuer, String audience, TrustDomain trustDomain, InstantSource clock)
            throws JOSEException {
        this.signer = new ECDSASigner(key);
        this.verifier = new ECDSAVerifier(key);
        this.header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .keyID(key.computeThumbprint().toString())
                .build();
        this.issuer = issuer;
        this.audience = audience;
        this.trustDomain = trustDomain;
        this.clock = clock;
    }

    /**
     * Loads the signing key, or creates one if there is no such file. One process per file.
     *
     * @param issuer the claim {@code iss}
     * @param audience the claim {@code aud}; Istio's is {@code istio-ca}
     * @param trustDomain of the identities that tokens prove; tokens themselves do not say
     * @throws CertificateAuthorityException if the file is damaged or cannot be read or written
     */
    public static StandaloneCallerAuthentication open(
            Path keyFile, String issuer, String audience, TrustDomain trustDomain, InstantSource clock) {
        var file = new PrivateFile(keyFile);
        try {
            if (!file.exists()) {
                file.write(new ECKeyGenerator(Curve.P_256).generate().toJSONString());
            }
            ECKey key = ECKey.parse(file.read());
            if (!key.isPrivate() || !Curve.P_256.equals(key.getCurve())) {
                throw new ParseException("not a private key on P-256", 0);
            }
            var tokens = new StandaloneCallerAuthentication(key, issuer, audience, trustDomain, clock);
            tokens.requireMatchingHalves();
            return tokens;
        } catch (IOException | JOSEException | ParseException | IllegalStateException e) {
            throw new CertificateAuthorityException(
                    "token signing key " + keyFile + " cannot be used (" + e.getMessage()
                            + "); restore it, or remove it for a new key (tokens signed with the old one end)",
                    e);
        }
    }

    private void requireMatchingHalves() throws JOSEException, ParseException {
        var probe = new SignedJWT(header, new JWTClaimsSet.Builder().build());
        probe.sign(signer);
        if (!probe.verify(verifier)) {
            throw new ParseException("its public half does not belong to its private half", 0);
        }
    }

    /**
     * A token for a pod, valid from now on.
     *
     * @param ttl 10 seconds to 90 days
     */
    public String mint(PodRecord pod, Duration ttl) {
        requireTtl(ttl);
        Instant now = clock.instant();
        SpiffeId identity = pod.identity();
        var kubernetes = new LinkedHashMap<String, Object>();
        kubernetes.put("namespace", identity.namespace());
        if (!pod.node().isEmpty()) {
            kubernetes.put("node", Map.of("name", pod.node()));
        }
        kubernetes.put("pod", Map.of("name", pod.ref().name(), "uid", pod.ref().uid()));
        kubernetes.put("serviceaccount", Map.of("name", identity.serviceAccount()));
        var claims = new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience(List.of(audience))
                .subject(ACCOUNT_PREFIX + identity.namespace() + ":" + identity.serviceAccount())
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(now.plus(ttl)))
                .jwtID(UUID.randomUUID().toString())
                .claim(KUBERNETES_CLAIM, kubernetes)
                .build();
        var token = new SignedJWT(header, claims);
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new CertificateAuthorityException("cannot sign a token for pod " + pod.ref(), e);
        }
        return token.serialize();
    }

    static void requireTtl(Duration ttl) {
        if (ttl.compareTo(TTL_MIN) < 0 || ttl.compareTo(TTL_MAX) > 0) {
            throw new IllegalArgumentException(
                    "lifetime of a token is " + ttl + ", must be " + TTL_MIN + " to " + TTL_MAX);
        }
    }

    /** Always: the key is here. */
    @Override
    public Optional<Result> known(String bearerToken) {
        return Optional.of(authenticate(bearerToken));
    }

    @Override
    public Result authenticate(String bearerToken) {
        if (bearerToken.length() > LENGTH_MAX) {
            return rejected("it has " + bearerToken.length() + " characters, at most " + LENGTH_MAX + " are read");
        }
        try {
            SignedJWT token = SignedJWT.parse(bearerToken);
            // Pinned: a token must not choose how it is checked.
            if (!JWSAlgorithm.ES256.equals(token.getHeader().getAlgorithm())) {
                return rejected("it is not signed by " + JWSAlgorithm.ES256);
            }
            if (!token.verify(verifier)) {
                return rejected("it is not signed with this control plane's key");
            }
            JWTClaimsSet claims = token.getJWTClaimsSet();
            Optional<String> flaw = flaw(claims);
            return flaw.isPresent() ? rejected(flaw.get()) : caller(claims);
        } catch (ParseException | JOSEException | IllegalArgumentException | IllegalStateException _) {
            // The message of these may quote the token, which belongs in no log.
            return rejected("it is not a signed JSON Web Token");
        }
    }

    private Optional<String> flaw(JWTClaimsSet claims) {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        Date begins = claims.getNotBeforeTime();
        if (!issuer.equals(claims.getIssuer())) {
            return Optional.of("its issuer is not " + issuer);
        }
        if (!claims.getAudience().contains(audience)) {
            return Optional.of("its audience is not " + audience);
        }
        if (expires == null || !now.isBefore(expires.toInstant().plus(SKEW))) {
            return Optional.of("it expired at " + expires);
        }
        if (begins != null && now.isBefore(begins.toInstant().minus(SKEW))) {
            return Optional.of("it is not valid before " + begins);
        }
        return Optional.empty();
    }

    private Result caller(JWTClaimsSet claims) throws ParseException {
        Map<?, ?> kubernetes = claims.getJSONObjectClaim(KUBERNETES_CLAIM);
        if (kubernetes == null) {
            return rejected("it has no claim " + KUBERNETES_CLAIM);
        }
        String namespace = text(kubernetes, "namespace");
        String account = text(kubernetes, "serviceaccount", "name");
        String pod = text(kubernetes, "pod", "name");
        String uid = text(kubernetes, "pod", "uid");
        if (pod.isEmpty() || uid.isEmpty()) {
            return rejected("it is not bound to a pod");
        }
        if (!(ACCOUNT_PREFIX + namespace + ":" + account).equals(claims.getSubject())) {
            return rejected("its subject is not its service account");
        }
        return switch (SpiffeId.parse("spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + account)) {
            case SpiffeId.Parsed.Valid(SpiffeId identity) ->
                new Result.Authenticated(new Caller(identity, pod, uid, text(kubernetes, "node", "name")));
            case SpiffeId.Parsed.Malformed _ -> rejected("its service account cannot be an identity");
        };
    }

    /** The text at the end of a path of keys; empty if there is none. */
    private static String text(Map<?, ?> claims, String... path) {
        Object value = claims;
        for (String key : path) {
            value = value instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return value instanceof String text ? text : "";
    }

    private static Result rejected(String why) {
        return new Result.Rejected("token: " + why);
    }
}
