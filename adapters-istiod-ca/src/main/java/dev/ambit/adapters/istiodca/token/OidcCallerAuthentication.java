package dev.ambit.adapters.istiodca.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.ports.ca.CallerAuthentication;
import java.security.Key;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Accepts JSON Web Tokens of one OpenID Connect issuer, for machines outside a cluster, as istiod does with {@code JWT_RULE}:
 * the subject must name a service account ({@code system:serviceaccount:<namespace>:<name>}). Such a token is bound to no
 * pod, so its bearer gets certificates of its own and never another's.
 */
public final class OidcCallerAuthentication implements CallerAuthentication {
    private static final int LENGTH_MAX = 16 * 1024;
    private static final String ACCOUNT_PREFIX = "system:serviceaccount:";

    /** Asymmetric ones. A token must not choose to be checked with a public key as if it were a shared secret. */
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private final OidcOptions options;
    private final InstantSource clock;
    private final IssuerKeys keys;

    /** Ready; the issuer is asked when the first token comes. */
    public OidcCallerAuthentication(OidcOptions options, InstantSource clock) {
        this.options = options;
        this.clock = clock;
        this.keys = new IssuerKeys(options, clock);
    }

    @Override
    public Result authenticate(String bearerToken) {
        if (bearerToken.length() > LENGTH_MAX) {
            return rejected("it has " + bearerToken.length() + " characters, at most " + LENGTH_MAX + " are read");
        }
        try {
            SignedJWT token = SignedJWT.parse(bearerToken);
            JWTClaimsSet claims = token.getJWTClaimsSet();
            if (!ALGORITHMS.contains(token.getHeader().getAlgorithm())) {
                return rejected("it is not signed by an algorithm that is accepted: " + ALGORITHMS);
            }
            // Before the issuer is asked for keys: tokens of others must not make us do it.
            Optional<String> flaw = flaw(claims);
            if (flaw.isPresent()) {
                return rejected(flaw.get());
            }
            String keyId = token.getHeader().getKeyID() == null
                    ? ""
                    : token.getHeader().getKeyID();
            return switch (keys.find(keyId)) {
                case IssuerKeys.Found.Keys(JWKSet found) ->
                    isSigned(token, keyId, found) ? caller(claims) : rejected("none of its issuer's keys signed it");
                case IssuerKeys.Found.Away(String why) -> new Result.Undecided("token: " + why);
            };
        } catch (ParseException | IllegalArgumentException | IllegalStateException _) {
            // The message of these may quote the token, which belongs in no log.
            return rejected("it is not a signed JSON Web Token");
        }
    }

    private static boolean isSigned(SignedJWT token, String keyId, JWKSet keys) {
        var verifiers = new DefaultJWSVerifierFactory();
        List<JWK> candidates = keyId.isEmpty()
                ? keys.getKeys()
                : keys.getKeys().stream()
                        .filter(key -> keyId.equals(key.getKeyID()))
                        .toList();
        for (JWK candidate : candidates) {
            try {
                Key key = switch (candidate) {
                    case RSAKey rsa -> rsa.toRSAPublicKey();
                    case ECKey ec -> ec.toECPublicKey();
                    default -> null;
                };
                if (key != null) {
                    JWSVerifier verifier = verifiers.createJWSVerifier(token.getHeader(), key);
                    if (token.verify(verifier)) {
                        return true;
                    }
                }
            } catch (JOSEException _) {
                // A key of another kind than the token's algorithm; perhaps the next fits.
            }
        }
        return false;
    }

    private Optional<String> flaw(JWTClaimsSet claims) {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        Date begins = claims.getNotBeforeTime();
        if (!options.issuer().equals(claims.getIssuer())) {
            return Optional.of("its issuer is not " + options.issuer());
        }
        if (Collections.disjoint(claims.getAudience(), options.audiences())) {
            return Optional.of("its audience is none of " + options.audiences());
        }
        if (expires == null || !now.isBefore(expires.toInstant().plus(options.skew()))) {
            return Optional.of("it expired at " + expires);
        }
        if (begins != null && now.isBefore(begins.toInstant().minus(options.skew()))) {
            return Optional.of("it is not valid before " + begins);
        }
        return Optional.empty();
    }

    private Result caller(JWTClaimsSet claims) {
        String subject = claims.getSubject() == null ? "" : claims.getSubject();
        String[] account = subject.startsWith(ACCOUNT_PREFIX)
                ? subject.substring(ACCOUNT_PREFIX.length()).split(":", -1)
                : new String[0];
        if (account.length != 2) {
            return rejected("its subject is not " + ACCOUNT_PREFIX + "<namespace>:<name>");
        }
        return switch (SpiffeId.parse(
                "spiffe://" + options.trustDomain() + "/ns/" + account[0] + "/sa/" + account[1])) {
            case SpiffeId.Parsed.Valid(SpiffeId identity) -> new Result.Authenticated(new Caller(identity, "", "", ""));
            case SpiffeId.Parsed.Malformed _ -> rejected("its service account cannot be an identity");
        };
    }

    private static Result rejected(String why) {
        return new Result.Rejected("token: " + why);
    }
}
